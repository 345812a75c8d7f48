"""Hidden dependencies: links between tasks that cross milestones, and no dependency that says so.

A link whose two ends count for one milestone lies inside it and suggests nothing, whatever else they count for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.domain.suggesting import Link, Pair, Suggestion, pairs_of, verdicts
from integrations.domain.types import SuggestionState, TaskState
from integrations.models import DependencySuggestion, SourceTask, Task, TaskBlocker, TaskSource
from launches.domain.types import Visibility
from launches.models import Launch
from luna import clock
from milestones.domain.types import OPEN_STATES
from milestones.models import Dependency, Milestone
from people.selectors import workspace

if TYPE_CHECKING:
    from people.models import User

SHOWN_LINKS = 6
_TABLES = {
    "blockers": TaskBlocker._meta.db_table,
    "tasks": Task._meta.db_table,
    "links": SourceTask._meta.db_table,
    "sources": TaskSource._meta.db_table,
    "dependencies": Dependency._meta.db_table,
}
# SQLite takes cross joins in the order in which they stand; left to itself it looks at every task of a connection.
_INTO = """{sources} AS after_source CROSS JOIN {links} AS after_link CROSS JOIN {tasks} AS waiting
CROSS JOIN {blockers} AS link CROSS JOIN {tasks} AS blocking
CROSS JOIN {links} AS before_link CROSS JOIN {sources} AS before_source"""
_OUT_OF = """{sources} AS before_source CROSS JOIN {links} AS before_link CROSS JOIN {tasks} AS blocking
CROSS JOIN {blockers} AS link CROSS JOIN {tasks} AS waiting
CROSS JOIN {links} AS after_link CROSS JOIN {sources} AS after_source"""
_CROSSINGS = """\
SELECT before_source.milestone_id, after_source.milestone_id, waiting.id, blocking.id,
  EXISTS (SELECT 1 FROM {dependencies} AS known
    WHERE known.predecessor_id = before_source.milestone_id AND known.successor_id = after_source.milestone_id)
FROM {path}
WHERE {touched}.milestone_id IN ({marks})
  AND after_link.source_id = after_source.id AND before_link.source_id = before_source.id
  AND after_link.task_id = waiting.id AND before_link.task_id = blocking.id
  AND link.task_id = waiting.id
  AND blocking.connection_id = waiting.connection_id AND blocking.external_id = link.blocker_id_there
  AND waiting.removed_at IS NULL AND blocking.removed_at IS NULL
  AND waiting.state <> %s AND blocking.state <> %s
  AND after_link.is_counted AND before_link.is_counted
  AND NOT EXISTS (
    SELECT 1 FROM {links} AS one JOIN {sources} AS of_one ON of_one.id = one.source_id
    JOIN {links} AS other ON other.task_id = blocking.id
    JOIN {sources} AS of_other ON of_other.id = other.source_id
    WHERE one.task_id = waiting.id AND of_other.milestone_id = of_one.milestone_id
      AND one.is_counted AND other.is_counted)
"""


@dataclass(frozen=True)
class Evidence:
    """One link between tasks, as pages show it."""

    task: Task
    blocker: Task


@dataclass(frozen=True)
class SuggestionLine:
    """A suggested dependency with what speaks for it."""

    suggestion: DependencySuggestion
    evidence: list[Evidence]
    """At most SHOWN_LINKS of them."""
    total: int
    """How many links there are."""
    can_confirm: bool
    """False where a private launch's milestone would be named in another launch."""

    @property
    def more(self) -> int:
        """How many links are not shown."""
        return self.total - len(self.evidence)


def refresh_suggestions(milestone_ids: Collection[int]) -> None:
    """Take account of the task links into and out of these milestones: two statements, and what changed is written."""
    ids = sorted(set(milestone_ids))
    if not ids:
        return
    with transaction.atomic():
        found = pairs_of(_crossings(ids))
        touching = Q(predecessor__in=ids) | Q(successor__in=ids)
        rows = {_pair(row): row for row in DependencySuggestion.objects.select_for_update().filter(touching)}
        known = {pair: _as_kept(row) for pair, row in rows.items()}
        now, new, changed, gone = clock.now(), [], [], []
        for pair, kept in verdicts(known, found).items():
            row = rows.get(pair)
            if kept is None:
                gone.append(rows[pair].pk)
            elif row is None:
                fresh = DependencySuggestion(
                    predecessor_id=pair.predecessor, successor_id=pair.successor, created_at=now
                )
                new.append(_written(fresh, kept))
            else:
                changed.append(_written(row, kept))
        DependencySuggestion.objects.bulk_create(new, ignore_conflicts=True)
        if changed:
            DependencySuggestion.objects.bulk_update(changed, ["state", "evidence", "is_supported"], batch_size=200)
        if gone:
            DependencySuggestion.objects.filter(pk__in=gone).delete()


def _crossings(milestone_ids: list[int]) -> list[tuple[int, int, int, int, bool]]:
    """(predecessor, successor, task, blocker, is recorded): into the milestones, and out of them, each by its index."""
    marks = ", ".join(["%s"] * len(milestone_ids))
    into = _CROSSINGS.format(path=_INTO.format(**_TABLES), touched="after_source", marks=marks, **_TABLES)
    out_of = _CROSSINGS.format(path=_OUT_OF.format(**_TABLES), touched="before_source", marks=marks, **_TABLES)
    half: list[int | str] = [*milestone_ids, TaskState.CANCELLED.value, TaskState.CANCELLED.value]
    with database.cursor() as cursor, _joins_as_written():
        cursor.execute(f"{into} UNION {out_of}", half + half)
        return [(before, after, task, blocker, bool(known)) for before, after, task, blocker, known in cursor]


@contextmanager
def _joins_as_written() -> Iterator[None]:
    """Has PostgreSQL keep the order, too: before a large first sync was analysed it would guess, and guess badly."""
    is_postgres = database.vendor == "postgresql"
    with database.cursor() as cursor:
        if is_postgres:
            cursor.execute("SET LOCAL join_collapse_limit = 1")
        yield
        if is_postgres:
            cursor.execute("SET LOCAL join_collapse_limit TO DEFAULT")


def _pair(row: DependencySuggestion) -> Pair:
    return Pair(row.predecessor_id, row.successor_id)


def _as_kept(row: DependencySuggestion) -> Suggestion:
    return Suggestion(
        state=SuggestionState(row.state),
        links=_links(row.evidence),
        decided=_links(row.decided_evidence),
        is_supported=row.is_supported,
    )


def _links(evidence: Iterable[dict[str, int]]) -> tuple[Link, ...]:
    return tuple(Link(one["task"], one["blocker"]) for one in evidence)


def _written(row: DependencySuggestion, kept: Suggestion) -> DependencySuggestion:
    row.state = kept.state
    row.evidence = [{"task": link.task, "blocker": link.blocker} for link in kept.links]
    row.is_supported = kept.is_supported
    return row


def readable_suggestions(reader: User) -> QuerySet[DependencySuggestion]:
    """Of milestones that exist, in launches of which `reader` may see both."""
    existing = Milestone.objects.existing().filter(launch__in=Launch.objects.visible_to(reader)).values("pk")
    rows = DependencySuggestion.objects.filter(predecessor__in=existing, successor__in=existing)
    return rows.select_related("predecessor__launch", "successor__launch", "decided_by")


def waiting_suggestions(reader: User) -> QuerySet[DependencySuggestion]:
    """Those that `reader` may read and somebody should decide: not recorded meanwhile, both milestones open."""
    asked = Q(state=SuggestionState.OPEN) | Q(state=SuggestionState.SNOOZED, snoozed_until__lte=workspace().today)
    recorded = _dependency_of_pair()
    rows = readable_suggestions(reader).filter(asked, ~Exists(recorded))
    return rows.filter(predecessor__state__in=OPEN_STATES, successor__state__in=OPEN_STATES)


def unsupported(milestone: Milestone, reader: User) -> list[DependencySuggestion]:
    """Dependencies of the milestone that were confirmed by task links of which none is left."""
    rows = readable_suggestions(reader).filter(successor=milestone, state=SuggestionState.CONFIRMED)
    return list(rows.filter(Exists(_dependency_of_pair()), is_supported=False))


def _dependency_of_pair() -> QuerySet[Dependency]:
    return Dependency.objects.filter(predecessor=OuterRef("predecessor"), successor=OuterRef("successor"))


def suggestion_lines(rows: Iterable[DependencySuggestion]) -> list[SuggestionLine]:
    """The suggestions with their first links, in one statement more whatever their number."""
    found = list(rows)
    shown = {row.pk: _links(row.evidence)[:SHOWN_LINKS] for row in found}
    ids = {pk for links in shown.values() for link in links for pk in (link.task, link.blocker)}
    tasks = Task.objects.select_related("connection").in_bulk(ids) if ids else {}
    return [
        SuggestionLine(
            suggestion=row,
            evidence=[
                Evidence(tasks[link.task], tasks[link.blocker])
                for link in shown[row.pk]
                if link.task in tasks and link.blocker in tasks
            ],
            total=len(row.evidence),
            can_confirm=_can_confirm(row),
        )
        for row in found
    ]


def _can_confirm(row: DependencySuggestion) -> bool:
    before, after = row.predecessor, row.successor
    return before.launch_id == after.launch_id or before.launch.visibility != Visibility.PRIVATE
