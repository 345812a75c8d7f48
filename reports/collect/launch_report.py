"""The facts of a launch's reports, in at most ten statements whatever the number of milestones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from launches.models import Launch, Update
from luna.ui.wording import day_words
from milestones.domain.forecast_types import chance_words
from milestones.domain.mixture import Cause
from milestones.domain.movement_codec import shares_from_json
from milestones.domain.movement_words import effect, reason
from milestones.selectors_charts import due_dates
from milestones.selectors_movements import newest_movement
from reports.collect import things
from reports.collect.workplace import workplace
from reports.content.facts import LaunchFacts, LaunchReportFacts, Moved
from reports.domain.types import ReportKind

ELSEWHERE = "A milestone of another launch"
LEAST_MOVE_DAYS = 3
"""By which the forecast has to move to be told; as far may the compared day be from the last report."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from milestones.models import Milestone


def launch_report_facts(
    launch_id: int,
    kind: ReportKind = ReportKind.DIGEST,
    *,
    since: datetime,
    until: datetime,
    commentary: str = "",
    commentary_by: str = "",
    was_due: str = "",
) -> LaunchReportFacts:
    """What there is to tell about changes in (`since`, `until`] and about how things stand at its end."""
    launch: Launch = Launch.objects.select_related("owner", "summary").get(pk=launch_id)
    place = workplace()
    period = things.Period.of(since, until, place)
    launches = {launch.pk: launch}
    log = things.log_of(launches, period, every_edit=True)
    log.put_back([launch])
    rows = things.milestones_of(launches, period, log)
    events = things.events_of(log, launches)
    before, moved = things.progress_before(rows, period, log), _moved(launch, rows, period)
    is_progress = kind == ReportKind.PROGRESS
    forecasts = things.forecasts_of(launches, period) if is_progress else {}
    headline, by = _latest_update(launch, period) if is_progress else ("", "")
    return LaunchReportFacts(
        workspace=place.name,
        since=since.astimezone(period.zone).date(),
        today=until.astimezone(period.zone).date(),
        launch=launch_facts(launch, period, rows, before=before, headline=headline, by=by, moved=moved),
        milestones=things.milestone_facts(rows, launches, period, forecasts),
        asks=() if kind == ReportKind.ROADMAP else things.asks_of(launches, period, log),
        risks=things.risks_of(launches, period, log) if is_progress else (),
        events=events,
        paths=_paths(launch),
        names=things.names_of(events),
        commentary=commentary,
        commentary_by=commentary_by,
        was_due=was_due,
        is_past=period.is_past,
        told=due_dates(launch, rows, period.zone) if is_progress else {},
    )


def launch_facts(
    launch: Launch,
    period: things.Period,
    rows: Sequence[Milestone],
    *,
    before: float | None = None,
    headline: str = "",
    by: str = "",
    moved: Moved | None = None,
) -> LaunchFacts:
    """The launch with its computed columns; those of a day that is over are counted anew out of `rows`."""
    summary = launch.summary
    if period.is_past:
        done = things.rollup_of(rows)
        summary.progress = done.progress
        summary.milestones_total, summary.milestones_completed = done.total, done.completed
    return LaunchFacts(
        key=launch.key,
        name=launch.name,
        path=reverse("reports:launch", args=[launch.key]),
        owner=launch.owner.name,
        status=launch.status,
        status_reason=launch.status_reason,
        health=summary.health,
        signals=() if period.is_past else things.sentences(summary.signals),
        progress=summary.progress,
        milestones_total=summary.milestones_total,
        milestones_completed=summary.milestones_completed,
        target_date=launch.target_date,
        synced_at=summary.synced_at.astimezone(period.zone) if summary.synced_at else None,
        progress_before=before,
        start_date=launch.start_date,
        launched_date=launch.launched_date,
        update_headline=headline,
        update_by=by,
        **_forecast(launch, period),
        moved=moved,
        status_until=None if period.is_past else launch.status_until,
        is_declared=launch.status_at is not None,
    )


def _forecast(launch: Launch, period: things.Period) -> dict[str, Any]:
    """None for a day that is over: only today's is known here."""
    summary, target = launch.summary, launch.target_date
    is_done = summary.milestones_total and summary.milestones_completed == summary.milestones_total
    if period.is_past or summary.p50 is None or is_done:
        return {}
    is_over = target is not None and target < period.until.astimezone(period.zone).date()
    chance = "" if summary.chance is None else chance_words(summary.chance, is_over=is_over)
    return {"likely": summary.p50, "sure": summary.p85, "chance": chance}


def _moved(launch: Launch, rows: Sequence[Milestone], period: things.Period) -> Moved | None:
    """Since the day nearest to the last report of which it is explained; milestones of other launches are not named."""
    row = None if period.is_past or launch.summary.p85 is None else newest_movement(launch.pk, None)
    if row is None or row.before is None or row.after is None or row.computed_at is None:
        return None
    days, reported = (row.after - row.before).days, period.since.astimezone(period.zone).date()
    if abs(days) < LEAST_MOVE_DAYS or abs((row.before_day - reported).days) > LEAST_MOVE_DAYS:
        return None
    names = {one.pk: f"“{one.name}”" for one in rows}

    def name_of(pk: int) -> str:
        return names.get(pk, ELSEWHERE)

    shares = (share for share in shares_from_json(row.shares) if share.part.cause is not Cause.TIME and share.days)
    told = next((f"{reason(share, None, name_of)}, {effect(share)}" for share in shares), "")
    return Moved(days, row.before_day, told)


def _latest_update(launch: Launch, period: things.Period) -> tuple[str, str]:
    """Its headline, and by whom and when."""
    rows = Update.objects.filter(launch=launch, deleted_at__isnull=True, created_at__lte=period.until)
    update = rows.select_related("author").first()
    if update is None:
        return "", ""
    on = update.created_at.astimezone(period.zone).date()
    return update.headline, f"{update.author.name}, {day_words(on, period.until.astimezone(period.zone).date())}"


def _paths(launch: Launch) -> dict[str, str]:
    names = {
        "milestone": "milestones:list",
        "risk": "milestones:risks",
        "decision": "milestones:decisions",
        "approval": "milestones:approvals",
        "update": "launches:updates",
    }
    return {kind: reverse(name, args=[launch.key]) for kind, name in names.items()}
