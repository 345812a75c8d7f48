"""`manage.py forecast KEY`: when a launch and its milestones are likely to be finished, as its pages say it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.core.management.base import CommandError

from launches.models import Launch
from luna.management.command import LunaCommand
from luna.ui.wording import day_words
from milestones.domain.forecast_types import Likely, chance_words
from milestones.models import Forecast
from people.selectors import workspace


class Command(LunaCommand):
    """What the worker computed last is printed; nothing is computed here."""

    help = "Print the forecast of a launch and of its open milestones, as it was computed last."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("key", metavar="KEY", help="the launch's key")
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")

    def handle(self, *_args: Any, key: str, **options: Any) -> None:
        """Raises CommandError for a launch that does not exist."""
        launch = Launch.objects.existing().select_related("summary").filter(key=key.upper()).first()
        if launch is None:
            raise CommandError(f"There is no launch {key.upper()}.")
        rows = list(
            Forecast.objects.filter(milestone__launch=launch, milestone__deleted_at__isnull=True)
            .select_related("milestone")
            .order_by("milestone__position", "pk")
        )
        self.stdout.write(_as_json(launch, rows) if options["json"] else _in_words(launch, rows))


def _in_words(launch: Launch, rows: list[Forecast]) -> str:
    today, summary = workspace().today, launch.summary
    lines = [f"{launch.name}: {_launch_words(launch)}"]
    for row in rows:
        if not row.milestone.is_open:
            continue
        due, chance = row.milestone.due_date, row.chance_words()
        said = row.likely.words(today) if row.likely else row.lack_words
        wanted = f"; due {day_words(due, today)}" + (f", {chance}" if chance else "") if due else ""
        lines.append(f"  {row.milestone.name}: {said}{wanted}")
    if summary.computed_at is None:
        lines.append("It has not been computed yet: the worker does it within a minute.")
    return "\n".join(lines)


def _launch_words(launch: Launch) -> str:
    today, summary, target = workspace().today, launch.summary, launch.target_date
    if summary.p50 is None:
        return f"no forecast, {summary.without_forecast} open without one"
    said = Likely(summary.p50, summary.p85, summary.p95).words(today)
    if target is None or summary.chance is None:
        return said
    return f"{said}; target {day_words(target, today)}, {chance_words(summary.chance, is_over=target < today)}"


def _as_json(launch: Launch, rows: list[Forecast]) -> str:
    summary = launch.summary
    told = {
        "launch": launch.key,
        **_days(summary),
        "chance": summary.chance,
        "criticality": summary.criticality,
        "milestones": [
            {"id": row.pk, "name": row.milestone.name, "basis": row.basis, **_days(row), "chance": row.chance}
            | {"lack": row.lack, "inputs_hash": row.inputs_hash}
            for row in rows
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def _days(row: Any) -> dict[str, str | None]:
    return {name: (day := getattr(row, name)) and day.isoformat() for name in ("p50", "p85", "p95")}
