"""Keeping forecasts: a launch's are computed anew where what they are made from has changed, and only there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

from launches.actions.summaries import wish_recompute
from milestones.actions.movements import inputs_to_keep, keep_inputs
from milestones.domain import forecast_types as domain
from milestones.domain.forecast_hash import input_hashes
from milestones.domain.forecast_types import DRAWS, LaunchForecast, MilestoneForecast
from milestones.models import Forecast
from milestones.selectors import successor_launch_ids
from milestones.selectors_forecast import forecast_inputs

if TYPE_CHECKING:
    from launches.models import LaunchSummary
    from milestones.models import KeptInputs
    from milestones.selectors_health import Moment


@dataclass(frozen=True)
class Refreshed:
    """A launch's forecasts as they are now."""

    by_milestone: Mapping[int, Forecast]
    """Those that stay and those that `save_forecasts` writes."""
    changed: tuple[Forecast, ...] = ()
    gone: tuple[int, ...] = ()
    """Milestones that have none any more: cancelled or deleted."""
    moved: tuple[int, ...] = ()
    """Those whose answer is another one than before: what waits for them is to be computed anew."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Of the launch's summary; empty where nothing changed."""
    kept: KeptInputs | None = None
    """What it was made from, to keep; None where nothing changed."""


def refresh_forecasts(summary: LaunchSummary, moment: Moment) -> Refreshed:
    """Compute the launch's forecasts where what they are made from has changed; reads, and writes nothing."""
    launch_id = summary.pk
    kept = {row.pk: row for row in Forecast.objects.filter(milestone__launch=launch_id)}
    given = forecast_inputs(launch_id, moment)
    hashes = input_hashes(given.inputs, given.links, today=moment.today, calendar=moment.terms.calendar, draws=DRAWS)
    own = given.own & set(hashes)
    whole = _hash_of_all({pk: hashes[pk] for pk in own}, given.target)
    if whole == summary.forecast_hash and own == set(kept):
        return Refreshed(kept)
    targets = {launch_id: given.target} if given.target else {}
    found = _forecast(given.inputs, given.links, today=moment.today, calendar=moment.terms.calendar, targets=targets)
    rows = [_row(found.milestones[pk], found.horizon, moment) for pk in sorted(own)]
    changed = tuple(row for row in rows if row.pk not in kept or kept[row.pk].inputs_hash != row.inputs_hash)
    return Refreshed(
        by_milestone={pk: row for pk, row in kept.items() if pk in own} | {row.pk: row for row in changed},
        changed=changed,
        gone=tuple(sorted(set(kept) - own)),
        moved=tuple(row.pk for row in changed if row.pk not in kept or _answer(row) != _answer(kept[row.pk])),
        columns=_columns(found.launches.get(launch_id), rows) | {"forecast_hash": whole},
        kept=inputs_to_keep(launch_id, given, found, moment.today, moment.terms.calendar),
    )


def _forecast(*inputs: Any, **terms: Any) -> domain.Forecast:
    """Load the engine when the first forecast is computed: a web process has no use for numpy's memory."""
    compute: Callable[..., domain.Forecast] = import_string("milestones.domain.forecast.forecast")
    return compute(*inputs, **terms)


def save_forecasts(launch_id: int, refreshed: Refreshed) -> None:
    """Write what changed, in the caller's transaction; launches that wait for what moved are computed anew."""
    if refreshed.gone:
        Forecast.objects.filter(pk__in=refreshed.gone).delete()
    if refreshed.changed:
        Forecast.objects.bulk_create(
            refreshed.changed,
            update_conflicts=True,
            unique_fields=["milestone"],
            update_fields=[one.name for one in Forecast._meta.concrete_fields if not one.primary_key],
        )
    if refreshed.kept:
        keep_inputs(refreshed.kept)
    if refreshed.moved:
        wish_recompute(successor_launch_ids(refreshed.moved) - {launch_id})


def _hash_of_all(hashes: Mapping[int, str], target: date | None) -> str:
    return hashlib.sha256(repr((sorted(hashes.items()), target)).encode()).hexdigest()


def _row(found: MilestoneForecast, horizon: date, moment: Moment) -> Forecast:
    days, lack = found.likely, found.none_because
    return Forecast(
        milestone_id=found.milestone_id,
        inputs_hash=found.inputs_hash,
        basis=found.basis or "",
        p50=days.p50 if days else None,
        p85=days.p85 if days else None,
        p95=days.p95 if days else None,
        chance=found.chance,
        curve=_iso(found.curve),
        lack=lack.lack if lack else "",
        active_days=lack.active_days if lack else 0,
        lacking=list(lack.milestone_ids) if lack else [],
        horizon=horizon,
        computed_at=moment.now,
    )


def _iso(curve: domain.Curve) -> list[str | None]:
    return [day.isoformat() if day else None for day in curve]


def _answer(row: Forecast) -> tuple[Any, ...]:
    return row.basis, row.p50, row.p85, row.p95, row.lack


def _columns(found: LaunchForecast | None, rows: Sequence[Forecast]) -> dict[str, Any]:
    """Of the summary; `found` is None where no milestone decides the launch's date."""
    days = found.likely if found else None
    return {
        "p50": days.p50 if days else None,
        "p85": days.p85 if days else None,
        "p95": days.p95 if days else None,
        "chance": found.chance if found else None,
        "curve": _iso(found.curve) if found else [],
        "criticality": {str(pk): round(share, 4) for pk, share in found.criticality.items()} if found else {},
        "without_forecast": len(found.missing) if found else sum(not row.basis for row in rows),
    }
