"""The facts of reports on many launches, in at most nine statements whatever their number."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.urls import reverse

from launches.domain.types import Visibility
from launches.models import Launch
from reports.collect import things
from reports.collect.launch_report import launch_facts
from reports.collect.workplace import workplace
from reports.content.facts import PortfolioReportFacts
from reports.domain.types import ReportKind

if TYPE_CHECKING:
    from launches.querysets import LaunchQuerySet
    from milestones.models import Milestone
    from people.models import User


def portfolio_launches(viewer: User | None) -> LaunchQuerySet:
    """The running launches that a report tells of: those that `viewer` may see, or, for everybody, the open ones."""
    if viewer is None:
        everybodys: LaunchQuerySet = Launch.objects.existing().filter(visibility=Visibility.OPEN)
        return everybodys.running()
    seen: LaunchQuerySet = Launch.objects.visible_to(viewer)
    return seen.running()


def named_launches(launch: Launch | None) -> LaunchQuerySet:
    """The open launches that a report may name beside its own: those for which it waits. On all launches: them, too."""
    told = [launch.pk] if launch else portfolio_launches(None).values("pk")
    named = Q(milestones__successor_links__successor__launch__in=told)
    everybodys: LaunchQuerySet = Launch.objects.existing().filter(visibility=Visibility.OPEN)
    if launch is None:
        return everybodys.filter(Q(pk__in=told) | named).distinct()
    return everybodys.filter(named).exclude(pk=launch.pk).distinct()


def portfolio_report_facts(
    kind: ReportKind,
    *,
    since: datetime,
    until: datetime,
    viewer: User | None = None,
    commentary: str = "",
    commentary_by: str = "",
    was_due: str = "",
) -> PortfolioReportFacts:
    """What there is to tell of all launches; without a `viewer` no private one is among them."""
    place = workplace()
    period = things.Period.of(since, until, place)
    running = portfolio_launches(viewer).filter(created_at__lte=until)
    order = ("tier", F("target_date").asc(nulls_last=True), "name", "pk")
    launches = {launch.pk: launch for launch in running.select_related("owner", "summary").order_by(*order)}
    log = things.log_of(launches, period, every_edit=False)
    log.put_back(launches.values())
    rows = things.milestones_of(launches, period, log)
    by_launch: defaultdict[int, list[Milestone]] = defaultdict(list)
    for row in rows:
        by_launch[row.launch_id].append(row)
    events = things.events_of(log, launches)
    return PortfolioReportFacts(
        workspace=place.name,
        since=since.astimezone(period.zone).date(),
        today=until.astimezone(period.zone).date(),
        launches=tuple(launch_facts(launch, period, by_launch[launch.pk]) for launch in launches.values()),
        milestones=things.milestone_facts(rows, launches, period),
        asks=() if kind == ReportKind.ROADMAP else things.asks_of(launches, period, log),
        risks=things.risks_of(launches, period, log) if kind == ReportKind.PROGRESS else (),
        events=events,
        names=things.names_of(events),
        path=reverse("reports:portfolio"),
        for_everybody=viewer is None,
        commentary=commentary,
        commentary_by=commentary_by,
        was_due=was_due,
        is_past=period.is_past,
    )
