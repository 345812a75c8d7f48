"""What counts, how much, and in which part: the worked numbers of docs/algorithms/progress.md, and their laws."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.counting import Pick, Rules, Tally, exact_parts, moved_shares, shares_of, size_of

BUG = {"kind": "Bug", "labels": ["Later", "web"], "status_word": "In review", "is_subtask": False}
SUBTASK = {"kind": "Sub-task", "labels": [], "status_word": "Done", "is_subtask": True}
names = st.sampled_from(["Bug", "Story", "later", "web", "Done", ""])
picks = st.builds(Pick, st.lists(names.filter(bool), max_size=3, unique=True).map(tuple), st.booleans())
rules = st.builds(Rules, picks, picks, picks, st.booleans())
tasks = st.fixed_dictionaries(
    {"kind": names, "labels": st.lists(names, max_size=3), "status_word": names, "is_subtask": st.booleans()}
)
sizes = st.none() | st.integers(0, 40).map(float)


@pytest.mark.parametrize(
    ("rule", "counts_bug", "counts_subtask"),
    [
        (Rules(), True, True),
        (Rules(with_subtasks=False), True, False),
        (Rules(kind=Pick(("bug",))), True, False),
        (Rules(kind=Pick(("Bug",), leaves_out=True)), False, True),
        (Rules(label=Pick(("later",))), True, False),
        (Rules(label=Pick(("later",), leaves_out=True)), False, True),
        (Rules(status=Pick(("done", "in review"))), True, True),
        (Rules(kind=Pick(("Bug",)), label=Pick(("later",), leaves_out=True)), False, False),
    ],
)
def test_rules_take_what_they_say(rule: Rules, counts_bug: bool, counts_subtask: bool) -> None:
    assert (rule.takes(**BUG), rule.takes(**SUBTASK)) == (counts_bug, counts_subtask)  # type: ignore[arg-type]


@given(rules, tasks)
def test_what_is_kept_of_rules_takes_the_same_tasks(rule: Rules, task: dict[str, object]) -> None:
    kept = Rules.from_json(rule.as_json())
    assert kept.takes(**task) == rule.takes(**task)  # type: ignore[arg-type]
    assert kept.takes_all == (rule.as_json() == {})
    assert bool(rule.words) != rule.takes_all


@given(names.filter(bool), tasks)
def test_only_these_and_all_but_these_part_the_tasks_in_two(name: str, task: dict[str, object]) -> None:
    for part in ("kind", "label", "status"):
        only, without = (Rules(**{part: Pick((name,), out)}) for out in (False, True))  # type: ignore[arg-type]
        assert only.takes(**task) != without.takes(**task)  # type: ignore[arg-type]


@pytest.mark.parametrize("stored", [{}, {"kind": 3}, {"kind": {"only": "Bug"}}, {"subtasks": None}, {"more": []}])
def test_what_is_stored_in_another_shape_takes_everything(stored: dict[str, object]) -> None:
    assert Rules.from_json(stored).takes_all


@pytest.mark.parametrize(
    ("given_size", "size"), [(None, None), (-1.0, None), (math.nan, None), (math.inf, None), (0.0, 0.0), (3.0, 3.0)]
)
def test_zero_is_an_estimate_and_nonsense_is_none(given_size: float | None, size: float | None) -> None:
    assert size_of(given_size) == size


@pytest.mark.parametrize(
    ("done", "left", "work", "unsized"),
    [
        ([3, 5], [2, 8, None], (8, 22), 1),  # the median of 2, 3, 5, 8 is 4
        ([5], [None, None], (5, 15), 2),
        ([None], [None], (1, 2), 2),
        ([0], [0, 0], (1, 3), 0),
        ([0, 4], [4], (4, 8), 0),
        ([], [], (0, 0), 0),
    ],
)
def test_worked_sizes(done: list[int | None], left: list[int | None], work: tuple[float, float], unsized: int) -> None:
    tally = Tally()
    for is_done, each in ((True, done), (False, left)):
        for size in each:
            tally.add(is_done=is_done, size=size)
    assert (tally.work(), tally.unsized) == (work, unsized)


@given(st.lists(st.tuples(st.booleans(), sizes, st.sampled_from([0.0, 0.25, 1 / 3, 1.0]), st.integers(1, 3))))
def test_a_tally_adds_up(rows: list[tuple[bool, float | None, float, int]]) -> None:
    tally = Tally()
    for is_done, size, share, came_by in rows:
        tally.add(is_done=is_done, size=size, share=share, came_by=came_by)
    done, total = tally.work()
    assert 0 <= done <= total
    assert math.isclose(math.fsum(tally.done_by_source().values()), done, abs_tol=1e-5)
    if all(is_done for is_done, *_ in rows):
        assert done == total
    assert tally.done <= tally.total == sum(share > 0 for *_, share, _ in rows)


@pytest.mark.parametrize(
    ("said", "shares"),
    [
        ({}, {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}),
        ({1: 0.5, 2: 0.5, 3: 0.0}, {1: 0.5, 2: 0.5, 3: 0.0}),
        ({1: 0.75, 2: 0.25}, {1: 0.5, 2: 1 / 6, 3: 1 / 3}),
        ({1: 0.6, 2: 0.2, 3: 0.0, 9: 0.2}, {1: 0.75, 2: 0.25, 3: 0.0}),
        ({1: 0.0, 2: 0.0}, {1: 0.0, 2: 0.0, 3: 1.0}),
    ],
)
def test_worked_shares(said: dict[int, float], shares: dict[int, float]) -> None:
    assert shares_of([1, 2, 3], said) == pytest.approx(shares)


parts = st.floats(0, 1)
said_of = st.dictionaries(st.integers(1, 6), parts)


@given(st.lists(st.integers(1, 6), min_size=1, unique=True), said_of)
def test_the_shares_of_a_task_are_one_together(milestones: list[int], said: dict[int, float]) -> None:
    shares = shares_of(milestones, said)
    assert set(shares) == set(milestones)
    assert math.isclose(math.fsum(shares.values()), 1)
    assert all(0 <= share <= 1 + 1e-9 for share in shares.values())


@given(st.lists(st.integers(1, 6), min_size=2, unique=True), said_of, parts)
def test_a_moved_share_is_what_was_asked_and_all_are_one(
    milestones: list[int], said: dict[int, float], share: float
) -> None:
    moved = moved_shares(shares_of(milestones, said), milestones[0], share)
    assert moved[milestones[0]] == share
    assert math.isclose(math.fsum(moved.values()), 1)
    again = shares_of(milestones, moved)
    assert all(math.isclose(again[pk], moved[pk], abs_tol=1e-9) for pk in milestones)


@given(st.lists(st.floats(0, 1000), min_size=1), st.integers(0, 100))
def test_the_parts_shown_add_up_to_the_whole_shown(done: list[float], whole: int) -> None:
    shown = exact_parts(done, whole)
    assert sum(shown) == (whole if math.fsum(done) else 0)
    together = math.fsum(done) or 1
    assert all(abs(part - one / together * whole) < 1 + 1e-6 for part, one in zip(shown, done, strict=True))


@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 4), min_size=1)), max_size=12), said_of)
def test_a_launch_counts_each_task_once_whatever_overlaps(
    held: list[tuple[bool, set[int]]], said: dict[int, float]
) -> None:
    tallies: defaultdict[int, Tally] = defaultdict(Tally)
    for is_done, milestones in held:
        for pk, share in shares_of(sorted(milestones), said).items():
            tallies[pk].add(is_done=is_done, size=None, share=share)
    done, total = (sum(tally.work()[place] for tally in tallies.values()) for place in (0, 1))
    assert (done, total) == pytest.approx((sum(is_done for is_done, _ in held), len(held)), abs=1e-4)


def test_the_page_says_these_numbers() -> None:
    page = Path("docs/algorithms/progress.md").read_text(encoding="utf-8")
    for words in ("8 of 22 points", "5 of 15 points", "1/2, 1/6 and 1/3", "3/4, 1/4 and 0", "0, 0 and 1"):
        assert words in page
