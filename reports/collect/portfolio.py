"""The portfolio: figures over all launches that someone may see, and one page of rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Count, F, IntegerField, Max, OrderBy, Q, Value, When
from django.urls import reverse

from launches.domain.declared import gap, is_worse
from launches.domain.types import StageCategory, Status
from launches.models import Launch, Participant
from luna.lib.prepared import Prepared
from milestones.domain.signals import named, not_named
from milestones.domain.types import Level
from milestones.selectors import known_names
from people.domain.types import Role
from people.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from launches.querysets import LaunchQuerySet

PAGE_SIZE = 50
WORSE_THAN_SAID = Q(status=Status.ON_TRACK, summary__health__in=[Level.POSSIBLE_DELAYS, Level.AT_RISK]) | Q(
    status=Status.POSSIBLE_DELAYS, summary__health=Level.AT_RISK
)
_OVER = (StageCategory.COMPLETED, StageCategory.CLOSED)
_SOON, _ARCHIVED = 1, 2
_SOON_MEANS = timedelta(days=30)
_SEVERITY = {Level.AT_RISK: 0, Level.POSSIBLE_DELAYS: 1, Level.UNKNOWN: 2, Level.ON_TRACK: 3}


def _severity(field: str) -> Case:
    """Worst first: the place of a status or health in the order of alarm."""
    whens = [When(**{field: level.value}, then=Value(place)) for level, place in _SEVERITY.items()]
    return Case(*whens, default=Value(4), output_field=IntegerField())


# What alarms stands first without a minus: the worst status and health, the widest gap.
SORTS: dict[str, Any] = {
    "name": F("name"),
    "owner": F("owner__name"),
    "stage": F("stage__position"),
    "status": _severity("status"),
    "health": _severity("summary__health"),
    "gap": -F("summary__gap"),
    "forecast": F("summary__p85"),
    "progress": F("summary__progress"),
    "next": F("summary__next_milestone_date"),
    "target": F("target_date"),
    "updated": F("summary__last_update_at"),
    "synced": F("summary__synced_at"),
    "risks": F("summary__open_risks"),
}
VIEWS = {
    "running": "All running",
    "mine": "Mine",
    "soon": "Launching in 30 days",
    "green": "Says green, isn’t",
    "over": "Launched and archived",
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; unknown words are ignored."""

    view: str = "running"
    text: str = ""
    tier: int | None = None
    status: str = ""
    health: str = ""
    stage: int | None = None
    worse: bool = False
    sort: str = ""
    """A key of SORTS, with a minus for descending; empty groups by tier."""


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """All that a row shows, hashable: a rendered row is kept under it."""

    key: str
    name: str
    is_private: bool
    tier: int
    owner: str
    stage: str
    status: str
    status_reason: str
    health: str
    progress: float
    next_name: str
    next_date: date | None
    target_date: date | None
    launched_date: date | None
    open_risks: int
    p50: date | None
    p85: date | None
    """The day by which the launch lands with a chance of 85 %; None beside a `p50`: beyond the horizon."""
    is_out_of_sight: bool
    """Whether there is a forecast, and not even its likely day in sight."""
    gap_since: date | None
    status_until: date | None
    health_sentence: str = ""
    milestone_id: int | None = None
    """Whose sentence it is; None: of a risk of the launch as a whole, or of nothing."""
    risk_id: int | None = None
    late_id: int | None = None
    """The milestone of another launch that the sentence speaks of without its name."""

    @property
    def path(self) -> str:
        """Of the launch's front page."""
        return _path(self.key)

    @property
    def gap(self) -> int:
        """By how many levels computed health is worse than the declared status."""
        return gap(self.health, said=self.status)

    @property
    def agrees(self) -> bool:
        """Whether computed health says no worse than the owner."""
        return not self.gap

    @property
    def tells_status_reason(self) -> bool:
        """A reason is told where it is bad news, and where it stands against what is computed."""
        return bool(self.status_reason) and (self.status != Status.ON_TRACK or not self.agrees)


@lru_cache(maxsize=4096)
def _path(key: str) -> str:
    """Composing an address takes longer than most of a row."""
    return reverse("reports:launch", args=[key])


@dataclass(frozen=True)
class Figures:
    """Counts over all running launches that the reader may see: by what owners say, and by what Luna computes."""

    active: int
    on_track: int
    possible_delays: int
    at_risk: int
    paused: int
    computed_on_track: int
    computed_possible_delays: int
    computed_at_risk: int
    computed_unknown: int
    worse: int
    soon: int
    total: int
    synced_at: datetime | None


def figures(user: User, today: date) -> Figures:
    """One statement that groups, whatever the number of launches."""
    asked = _figures_of(user.role)
    return _counted(asked, tuple(asked.unread(user_id=user.pk, today=today, soon=today + _SOON_MEANS)))


@lru_cache(maxsize=256)
def _counted(asked: Prepared, groups: tuple[tuple[Any, ...], ...]) -> Figures:
    counted: Counter[str] = Counter()
    synced: list[datetime] = []
    for place, category, status, health, number, synced_at in map(asked.read, groups):
        counted["total"] += number
        synced += [synced_at] if synced_at else []
        if place < _ARCHIVED and category not in _OVER:
            counted["active"] += number
            counted[status] += number
            counted[f"computed_{health}"] += number
            counted["worse"] += number if is_worse(health, than=status) else 0
            counted["soon"] += number if place == _SOON else 0
    names = (field.name for field in fields(Figures) if field.name != "synced_at")
    return Figures(**{name: counted[name] for name in names}, synced_at=max(synced, default=None))


@lru_cache(maxsize=len(Role))
def _figures_of(role: str) -> Prepared:
    def groups(user_id: int, today: date, soon: date) -> QuerySet[Launch, tuple[Any, ...]]:
        is_soon = Q(target_date__gte=today, target_date__lte=soon)
        place = Case(
            When(archived_at__isnull=False, then=Value(_ARCHIVED)), When(is_soon, then=Value(_SOON)), default=Value(0)
        )
        return (
            Launch.objects.visible_to(User(pk=user_id, role=role))
            .annotate(place=place)
            .values_list("place", "stage__category", "status", "summary__health")
            .annotate(Count("pk"), Max("summary__synced_at"))
            .order_by()
        )

    return Prepared(groups, user_id=int, today=date, soon=date)


def count(user: User, wanted: Filters, today: date) -> int:
    """How many launches the filters leave."""
    return filtered(user, wanted, today).count()


def filtered(user: User, wanted: Filters, today: date) -> LaunchQuerySet:
    """The launches that the filters leave, in their order."""
    launches: LaunchQuerySet = Launch.objects.visible_to(user)
    launches = _of_view(launches, wanted.view, user, today)
    if wanted.text:
        launches = launches.filter(Q(name__icontains=wanted.text) | Q(key__icontains=wanted.text))
    for field, value in {"tier": wanted.tier, "status": wanted.status, "stage_id": wanted.stage}.items():
        if value:
            launches = launches.filter(**{field: value})
    if wanted.health:
        launches = launches.filter(summary__health=wanted.health)
    if wanted.worse:
        launches = launches.filter(WORSE_THAN_SAID)
    return launches.order_by(*_order(wanted.sort))


def _of_view(launches: LaunchQuerySet, view: str, user: User, today: date) -> LaunchQuerySet:
    if view == "over":
        over = Q(archived_at__isnull=False) | Q(stage__category__in=_OVER)
        return launches.filter(over)
    launches = launches.running()
    if view == "mine":
        mine = Participant.objects.filter(user=user).values("launch_id")
        return launches.filter(Q(owner=user) | Q(pk__in=mine))
    if view == "soon":
        return launches.filter(target_date__gte=today, target_date__lte=today + _SOON_MEANS)
    if view == "green":
        return launches.filter(WORSE_THAN_SAID, status=Status.ON_TRACK)
    return launches


def _order(sort: str) -> list[Any]:
    field = SORTS.get(sort.removeprefix("-"))
    if field is None:
        return ["tier", F("target_date").asc(nulls_last=True), "name", "pk"]
    return [OrderBy(field, descending=sort.startswith("-"), nulls_last=True), "name", "pk"]


_COLUMNS = (
    "key", "name", "visibility", "tier", "owner__name", "stage__name", "status", "status_reason", "summary__health",
    "summary__progress", "summary__next_milestone_name", "summary__next_milestone_date", "target_date",
    "launched_date", "summary__open_risks", "summary__p50", "summary__p85", "is_out_of_sight",
    "summary__gap_since", "status_until", "summary__signals",
)  # fmt: skip


def rows(user: User, wanted: Filters, today: date, start: int = 0) -> list[PortfolioRow]:
    """At most PAGE_SIZE rows from `start`, in one statement; in two where a launch waits for another one."""
    if wanted.text or wanted.view == "soon" or start:
        found = _columns(filtered(user, wanted, today))[start : start + PAGE_SIZE]
        return _named([_row(*values) for values in found], user)
    asked = _rows_of(user.role, wanted)
    return _named([_kept_row(asked, row) for row in asked.unread(user_id=user.pk)], user)


def _columns(launches: LaunchQuerySet) -> QuerySet[Launch, tuple[Any, ...]]:
    """All that a row shows. There is a forecast where milestones share in deciding it, with or without a target."""
    unseen = When(~Q(summary__criticality={}), summary__p50__isnull=True, then=Value(True))
    told = launches.annotate(is_out_of_sight=Case(unseen, default=Value(False), output_field=BooleanField()))
    return told.values_list(*_COLUMNS)


def _named(shown: list[PortfolioRow], user: User) -> list[PortfolioRow]:
    """With the names of what they wait for, as far as `user` may know them."""
    names = known_names({row.late_id for row in shown if row.late_id}, user)
    if not names:
        return shown
    return [replace(row, health_sentence=named(row.health_sentence, names.get(row.late_id or 0))) for row in shown]


@lru_cache(maxsize=4096)
def _kept_row(asked: Prepared, row: tuple[Any, ...]) -> PortfolioRow:
    """Read once as long as nothing of it changes."""
    return _row(*asked.read(row))


@lru_cache(maxsize=256)
def _rows_of(role: str, wanted: Filters) -> Prepared:
    """The first page of what the filters leave, without words that were typed and days that move."""

    def first(user_id: int) -> QuerySet[Launch, tuple[Any, ...]]:
        user = User(pk=user_id, role=role)
        return _columns(filtered(user, wanted, date.min))[:PAGE_SIZE]

    return Prepared(first, user_id=int)


def _row(*values: Any) -> PortfolioRow:
    key, name, visibility, *rest, signals = values
    row = PortfolioRow(key, name, visibility == "private", *rest)
    if not signals:
        return row
    worst = signals[0]
    milestone_id = worst.get("milestone_id")
    return replace(
        row,
        health_sentence=worst["sentence"],
        milestone_id=milestone_id,
        risk_id=None if milestone_id else worst.get("about_id"),
        late_id=next(iter(not_named([worst])), None),
    )
