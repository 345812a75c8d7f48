"""What insights would otherwise read out of the whole log and every verdict is kept beside the milestone.

Filled for what exists: the due date that was agreed first, by the rule of milestones.domain.slips as it stands when this
runs, and the day on which each reason was first named, out of all verdicts, which are many: their text is searched, in
which a kept signal holds its rule as `"rule": "stalled"`, and inside a sentence those quotes would be escaped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.functions import Cast

from milestones.domain.slips import DueMove, moved_from

_REASON_OF = {
    "predecessor_late": "predecessor",
    "scope_growth": "scope",
    "stalled": "stalled",
    "late_start": "late_start",
    "approval_unmet": "approval",
    "approval_stale": "approval",
    "high_exposure": "risk",
    "no_owner": "owner",
}
_RULE = re.compile(f'"rule": "({"|".join(_REASON_OF)})"')
_AT_ONCE = 500


def keep_first_due_dates(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of the milestones whose due date was ever changed."""
    alias = schema_editor.connection.alias
    milestones = apps.get_model("milestones", "Milestone")._default_manager.using(alias)
    edits = apps.get_model("events", "Event")._default_manager.using(alias)
    told = edits.filter(subject_kind="milestone", verb="milestone.edited", after__has_key="due_date")
    moves: defaultdict[int, list[DueMove]] = defaultdict(list)
    for pk, before, after in told.order_by("recorded_at", "pk").values_list("subject_id", "before", "after"):
        moves[pk].append(DueMove(date.min, _day(before.get("due_date")), _day(after["due_date"])))
    changed = []
    for row in milestones.only("due_date", "baseline_due_date").iterator(chunk_size=_AT_ONCE):
        if row.pk in moves:
            row.moved_from_date = moved_from(moves[row.pk], row.due_date, row.baseline_due_date)
            changed.append(row)
    milestones.bulk_update(changed, ["moved_from_date"], batch_size=_AT_ONCE)


def keep_reasons(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of the milestones of which a verdict named any."""
    alias = schema_editor.connection.alias
    milestones = apps.get_model("milestones", "Milestone")._default_manager.using(alias)
    verdicts = apps.get_model("milestones", "HealthVerdict")._default_manager.using(alias)
    told = verdicts.filter(milestone__isnull=False).annotate(told=Cast("signals", models.TextField())).order_by()
    named: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for pk, today, signals in told.values_list("milestone_id", "today", "told").iterator(chunk_size=_AT_ONCE):
        for rule in _RULE.findall(signals):
            days, key = named[pk], _REASON_OF[rule]
            days[key] = min(days.get(key, today.isoformat()), today.isoformat())
    changed = []
    for row in milestones.only("pk").iterator(chunk_size=_AT_ONCE):
        if row.pk in named:
            row.reasons_named = named[row.pk]
            changed.append(row)
    milestones.bulk_update(changed, ["reasons_named"], batch_size=_AT_ONCE)


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


class Migration(migrations.Migration):
    dependencies = [("events", "0002_verb_of_launch"), ("milestones", "0007_judged_snapshots")]

    operations = [
        migrations.AddField("milestone", "moved_from_date", models.DateField(blank=True, editable=False, null=True)),
        migrations.AddField("milestone", "reasons_named", models.JSONField(default=dict)),
        migrations.RunPython(keep_first_due_dates, migrations.RunPython.noop),
        migrations.RunPython(keep_reasons, migrations.RunPython.noop),
    ]
