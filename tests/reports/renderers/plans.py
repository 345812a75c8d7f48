"""Documents with plans of any size, for the renderers that draw slides: long names, CJK, right to left, odd dates."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from reports.content.document import (
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Meta,
    Moved,
    Note,
    Plan,
    PlanItem,
    Quote,
    Row,
    Table,
    Title,
    Told,
    Trend,
)

TODAY = date(2026, 11, 23)
BASE = "https://luna.example"
NAMES = (
    "Booking page",
    "データ保護影響評価の署名と最終承認の取得",
    "اعتماد اتفاقية الاستضافة مع المزود",
    "חתימה על חוזה אירוח",
    "Text & e-mail reminders <beta>",
    "A milestone whose name goes on and on, because somebody pasted the whole definition of done into it",
    "Pilot 🚀 in five clinics",
    "Onewordthatneverendsandneverbreaksanywhereatallwhateveroneaddstoit",
)
_LOOKS = (
    ("ok", "On track"),
    ("warn", "Possible delays"),
    ("bad", "At risk"),
    ("paused", "Paused"),
    ("unknown", "Not known"),
    ("done", "Completed"),
)


def plan_of(count: int, *, groups: int = 0) -> Plan:
    """So many milestones, on as many launches; the same every time."""
    return Plan(tuple(_item(number, count, groups) for number in range(count)), TODAY)


def document_of(plan: Plan, *more: Lines) -> Document:
    """A roadmap with a bit of everything around `plan`."""
    moved = tuple(Line(mark="bad", link=Link(name, "/x/"), text="moved by a week", moon=0.3) for name in NAMES)
    return Document((
        Title("Patient self-booking, roadmap", "Fernhill · Roadmap"),
        Meta("23 November 2026."),
        Lines((Line(mark="ok", text="Ana Alves says On track."), Line(moon=0.61, text="61 % complete."))),
        Quote("One slip, one cause.\nثلاثة أشياء", "Ana Alves"),
        Heading("The plan"),
        plan,
        Heading("What moved, and why"),
        Lines(moved),
        *more,
        Note("As of today.", Link("The whole launch", "/launches/BOOK/")),
    ))  # fmt: skip


def moves_of(count: int) -> Lines:
    """So many milestones whose dates moved, in words and drawn; the same every time."""
    moved = tuple(_moved(number) for number in range(count))
    words = tuple(Line(text="moved", link=Link(one.name, one.path)) for one in moved)
    return Lines(words, trend=Trend(moved, TODAY))


def _moved(number: int) -> Moved:
    """Up and down, some completed, some without a date now and then; the higher the number, the further they moved."""
    first = TODAY + timedelta(days=number * 17 % 90 - 20)
    later = first + timedelta(days=(number + 1) * (-3 if number % 4 == 3 else 5))
    told = [Told(TODAY - timedelta(days=60 - number % 7), first), Told(TODAY - timedelta(days=20 + number), later)]
    told += [Told(TODAY - timedelta(days=12), None), Told(TODAY - timedelta(days=5), later)] if number % 5 == 2 else []
    done = TODAY - timedelta(days=number) if number % 3 == 1 else None
    health = "completed" if done else ("on_track", "at_risk", "possible_delays")[number % 3]
    return Moved(f"{NAMES[number % len(NAMES)]} {number}", "/launches/BOOK/milestones/1/", tuple(told), health, done)


def _item(number: int, count: int, groups: int) -> PlanItem:
    mark, word = _LOOKS[number % len(_LOOKS)]
    due = TODAY + timedelta(days=(number * 37) % 260 - 60) if number % 9 else None
    done = min(due or TODAY, TODAY) if mark == "done" else None
    return PlanItem(
        name=f"{NAMES[number % len(NAMES)]} {number}",
        path=f"/launches/BOOK/milestones/{number}/",
        group=f"Launch {number * groups // count + 1}" if groups else "",
        owner=("Ana Alves", "", "Maximiliane von Hohenlohe-Langenburg", "김서연")[number % 4],
        start=due - timedelta(days=10 + number % 80) if due and number % 3 else None,
        due=due,
        done=done,
        progress=1.0 if done else (number % 10) / 10,
        mark=mark,
        word=word,
    )


_TEXTS = st.text(max_size=50) | st.sampled_from([*NAMES, "\x0b\x00bell", "\ud800", "\ue000", "x" * 2000, "字" * 300])
_PATHS = st.sampled_from(["", "/launches/BOOK/"])
_DAYS = st.none() | st.dates()
_FRACTIONS = st.floats(0, 1)
_LINKS = st.none() | st.builds(Link, _TEXTS, st.just("/x/"))
_LINES = st.builds(
    Line, text=_TEXTS, mark=st.sampled_from(["", "ok", "bad", "none"]), moon=st.none() | _FRACTIONS, day=_TEXTS,
    link=_LINKS, person=_TEXTS,
)  # fmt: skip
_ITEMS = st.builds(
    PlanItem, name=_TEXTS, path=_PATHS, group=st.sampled_from(["", "One launch", "字" * 90]), owner=_TEXTS, start=_DAYS,
    due=_DAYS, done=_DAYS, progress=_FRACTIONS, mark=st.sampled_from(["", "ok", "warn", "bad", "done"]), word=_TEXTS,
)  # fmt: skip
_TOLD = st.lists(st.builds(Told, st.dates(date(1990, 1, 1)), _DAYS), max_size=5).map(
    lambda told: tuple(sorted(told, key=lambda one: one.on))
)
_HEALTHS = st.sampled_from(["on_track", "possible_delays", "at_risk", "completed", "unknown", "paused"])
_TRENDS = st.builds(
    Trend,
    st.lists(st.builds(Moved, _TEXTS, _PATHS, _TOLD, _HEALTHS, _DAYS), max_size=12).map(tuple),
    st.dates(date(1990, 1, 1), date(9990, 1, 1)),
)
_ROWS = st.builds(Row, st.tuples(_TEXTS, _TEXTS, _TEXTS), _PATHS)
_BLOCKS = st.one_of(
    st.builds(Heading, _TEXTS),
    st.builds(Meta, _TEXTS),
    st.builds(Quote, _TEXTS | st.just("a\n\nb\nc\n" * 9), _TEXTS),
    st.builds(Lines, st.lists(_LINES, max_size=12).map(tuple), trend=st.none() | _TRENDS),
    st.builds(Table, st.just(("Who", "What", "By")), st.lists(_ROWS, max_size=12).map(tuple)),
    st.builds(Plan, st.lists(_ITEMS, max_size=15).map(tuple), st.dates(max_value=date(9990, 1, 1))),
    st.builds(Note, _TEXTS, _LINKS),
)
DOCUMENTS = st.builds(
    lambda title, blocks: Document((title, *blocks)),
    st.builds(Title, _TEXTS, _TEXTS),
    st.lists(_BLOCKS, max_size=8).map(tuple),
)
"""Any document at all."""
