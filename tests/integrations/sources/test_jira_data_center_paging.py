"""Reading by page number while issues move: nothing is passed over, and every read ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.sources.jira.data_center import paging
from integrations.sources.jira.data_center.paging import START, Place


@dataclass
class Tracker:
    """Issues in the order of their change; pages of at most `cap`, `total` where it tells one."""

    count: int
    cap: int
    tells_total: bool
    updated: dict[int, int] = field(init=False)
    now: int = 10_000

    def __post_init__(self) -> None:
        self.updated = {number: number // 3 for number in range(self.count)}

    def ordered(self, since: int = 0) -> list[int]:
        return sorted((one for one in self.updated if self.updated[one] >= since), key=lambda one: self.updated[one])

    def touch(self, number: int) -> None:
        if number in self.updated:
            self.now += 1
            self.updated[number] = self.now

    def page(self, place: Place) -> tuple[tuple[str, ...], int | None, int | None]:
        found = self.ordered(place.since_ms or 0)
        shown = found[place.at : place.at + self.cap]
        total = len(found) if self.tells_total else None
        newest = max((self.updated[one] for one in shown), default=None)
        return tuple(f"{one} {self.updated[one]}" for one in shown), total, newest


def read(tracker: Tracker, happens: dict[int, list[tuple[str, int]]]) -> tuple[set[int], int]:
    """The numbers of the issues read, and the pages it took; `happens` is what moves or goes before a page."""
    seen: set[int] = set()
    place: Place | None = START
    for pages in range(1, 2000):
        for action, number in happens.get(pages, []):
            tracker.touch(number) if action == "touch" else tracker.updated.pop(number, None)
        assert place is not None
        place = Place.loaded(place.dumped())
        marks, total, newest = tracker.page(place)
        assert not place.is_repeated(marks)
        if place.has_lost_its_place(marks):
            place = place.back()
            continue
        seen |= {int(mark.split()[0]) for mark in marks}
        place = place.after(marks, total=total, newest_ms=newest)
        if place is None:
            return seen, pages
    raise AssertionError("its pages have no end")


@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 60),
    st.integers(2, 9),
    st.booleans(),
    st.dictionaries(
        st.integers(2, 30),
        st.lists(st.tuples(st.sampled_from(["touch", "remove"]), st.integers(0, 59)), min_size=1, max_size=4),
        max_size=6,
    ),
)
def test_nothing_is_passed_over_whatever_moves_or_goes(
    count: int, cap: int, tells_total: bool, happens: dict[int, list[tuple[str, int]]]
) -> None:
    tracker = Tracker(count, cap, tells_total)
    seen, _ = read(tracker, happens)
    assert seen >= set(tracker.updated)


@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize(("count", "cap"), [(0, 5), (1, 1), (7, 1), (10, 5), (11, 5), (40, 3)])
def test_a_still_site_is_read_in_few_pages(count: int, cap: int, tells_total: bool) -> None:
    seen, pages = read(Tracker(count, cap, tells_total), {})
    assert seen == set(range(count))
    assert pages <= count // max(1, cap - 1) + 3


def test_all_of_a_page_moving_to_the_end_loses_nothing() -> None:
    """The page after holds them again, changed: they are not taken for what was read."""
    seen, _ = read(Tracker(6, 3, tells_total=True), {2: [("touch", number) for number in (0, 1, 2)]})
    assert seen == set(range(6))


def test_far_out_the_query_goes_on_instead_of_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "DEEPEST", 20)
    tracker = Tracker(100, 10, tells_total=True)
    deepest = 0
    original = tracker.page

    def page(place: Place) -> tuple[tuple[str, ...], int | None, int | None]:
        nonlocal deepest
        deepest = max(deepest, place.at)
        return original(place)

    monkeypatch.setattr(tracker, "page", page)
    seen, _ = read(tracker, {4: [("touch", 50), ("touch", 2)]})
    assert seen == set(range(100))
    assert deepest < 30


def test_a_page_that_comes_again_is_noticed() -> None:
    first = START.after(("1 a", "2 b"), total=None, newest_ms=None)
    assert first is not None
    assert first.is_repeated(("1 a", "2 b"))
    assert not first.is_repeated(("2 b", "3 c"))
    single = START.after(("1 a",), total=None, newest_ms=None)
    assert single is not None
    assert single.is_repeated(("1 a",))


def test_a_site_without_any_order_is_not_read_for_ever() -> None:
    place, pages = START, 0
    while place.steps_back < paging.MOST_STEPS_BACK:
        marks = (f"{pages} x", f"{pages} y")
        following = place.back() if place.has_lost_its_place(marks) else place.after(marks, total=None, newest_ms=None)
        assert following is not None
        place, pages = following, pages + 1
        assert pages < 200
    assert not Place(at=5, tail=("1 a",), overlaps=True, steps_back=paging.MOST_STEPS_BACK).has_lost_its_place(("9 z",))
