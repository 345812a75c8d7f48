"""What a digest says, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.content.compose import compose_digest
from reports.content.document import Document, Heading, Line, Lines, Note, Table
from reports.content.facts import AskFacts, EventFacts, LaunchReportFacts
from reports.content.news import CHANGED, DONE
from reports.content.plans import MILESTONES
from reports.content.samples import busy_facts, quiet_facts
from reports.content.sections import ACT, LATE, NEXT, WANTED

ORDER = [WANTED, CHANGED, LATE, DONE, NEXT, ACT]


def _headings(document: Document) -> list[str]:
    """Without the appendix, which stands under every digest."""
    return [block.text for block in document.blocks if isinstance(block, Heading) and block.text != MILESTONES]


def _lines(document: Document, heading: str) -> list[Line]:
    following = document.blocks[document.blocks.index(Heading(heading)) + 1]
    return list(following.items) if isinstance(following, Lines) else []


def _texts(document: Document, heading: str) -> list[str]:
    return [line.text for line in _lines(document, heading)]


def _notes(document: Document) -> str:
    return " ".join(block.text for block in document.blocks if isinstance(block, Note))


def _edited(number: int, field: str, before: object, after: object, *, subject: int = 1, why: str = "") -> EventFacts:
    return EventFacts(
        number, "milestone.edited", ("milestone", subject), "Booking page", {field: before}, {field: after}, why
    )


def test_sections_come_in_order_and_empty_ones_are_left_out() -> None:
    assert _headings(compose_digest(busy_facts())) == ORDER
    assert _headings(compose_digest(quiet_facts())) == []


def test_a_quiet_week_is_one_honest_line() -> None:
    document = compose_digest(quiet_facts())
    assert "A quiet week: nothing changed since Mon 16 Nov, nothing is late, and nobody has to act." in _notes(document)
    late = replace(quiet_facts().milestones[0], due_date=date(2026, 11, 20))
    document = compose_digest(replace(quiet_facts(), milestones=(late,)))
    assert "Nothing changed since Mon 16 Nov." in _notes(document)
    assert _headings(document) == [LATE, ACT]


def test_a_moved_date_is_one_clause_with_its_reason() -> None:
    events = (
        _edited(1, "due_date", "2027-02-12", "2027-02-19"),
        _edited(2, "due_date", "2027-02-19", "2027-02-15", why="lab"),
    )
    said = _texts(compose_digest(replace(quiet_facts(), events=events)), CHANGED)
    assert said == ["the due date moved from Fri 12 Feb to Mon 15 Feb, 3 days later: lab"]


def test_a_date_moved_back_again_is_a_quiet_week() -> None:
    events = (_edited(1, "due_date", "2027-02-12", "2027-02-19"), _edited(2, "due_date", "2027-02-19", "2027-02-12"))
    assert CHANGED not in _headings(compose_digest(replace(quiet_facts(), events=events)))


def test_what_has_no_words_of_its_own_is_counted() -> None:
    events = (_edited(1, "position", 1, 2), _edited(2, "position", 4, 5, subject=2))
    assert _texts(compose_digest(replace(quiet_facts(), events=events)), CHANGED) == ["2 smaller edits"]


def test_what_was_asked_and_decided_in_one_week_is_told_as_decided() -> None:
    which = ("decision", 1)
    events = (
        EventFacts(1, "decision.created", which, "Which?", {}, {"due_date": "2026-11-30"}),
        EventFacts(
            2, "decision.decided", which, "Which?", {"state": "open"}, {"state": "decided", "outcome": "The first"}
        ),
    )
    assert _texts(compose_digest(replace(quiet_facts(), events=events)), CHANGED) == ["decided: The first"]


def test_a_change_of_health_is_told_with_the_reason_that_holds_today() -> None:
    """The event’s own is of the first computation of its day; the digest tells one forecast of a milestone."""
    old, now = "85 % sure by Mon 4 Jan (60 %).", "85 % sure by Thu 31 Dec (58 %)."
    event = EventFacts(
        1, "milestone.health_changed", ("milestone", 1), "Booking page", {"health": "on_track"}, {"health": "at_risk"},
        why=old,
    )  # fmt: skip
    endangered = replace(quiet_facts().milestones[0], health="at_risk", signals=(now, "Nobody owns it."))
    facts = replace(quiet_facts(), milestones=(endangered,), events=(event,))
    said = "now At risk (was On track)"
    assert _texts(compose_digest(facts), CHANGED) == [f"{said}: {now.rstrip('.')}"]
    better = replace(facts, milestones=(replace(endangered, health="on_track", signals=()),))
    assert _texts(compose_digest(better), CHANGED) == [said]
    past = replace(facts, milestones=(replace(endangered, signals=()),), is_past=True)
    assert _texts(compose_digest(past), CHANGED) == [f"{said}: {old.rstrip('.')}"], "no other is kept of that day"


def test_a_completed_milestone_is_told_under_done_only() -> None:
    done = replace(
        quiet_facts().milestones[0], is_open=False, completed_date=date(2026, 11, 18), due_date=date(2026, 11, 16)
    )
    facts = replace(quiet_facts(), milestones=(done,), events=(_edited(1, "state", "in_review", "completed"),))
    document = compose_digest(facts)
    assert _headings(document) == [DONE]
    assert _texts(document, DONE) == ["completed Wed 18 Nov, 2 days late"]


def test_late_says_why() -> None:
    late = replace(quiet_facts().milestones[0], due_date=date(2026, 11, 20), signals=("Waits for the acquirer",))
    document = compose_digest(replace(quiet_facts(), milestones=(late,)))
    assert _texts(document, LATE) == ["3 days late: Waits for the acquirer"]


def test_who_must_act_names_everyone_asked_once_per_thing() -> None:
    table = next(block for block in compose_digest(busy_facts()).blocks if isinstance(block, Table))
    whos = [row.cells[0] for row in table.rows]
    assert whos == sorted(whos, key=str.casefold)
    assert len(set(table.rows)) == len(table.rows)
    assert ("Petra Blum", "Decide: Who signs the hosting contract?", "by Fri 27 Nov") in {
        row.cells for row in table.rows
    }


def test_a_decision_without_a_decider_is_the_owners() -> None:
    ask = AskFacts("decision", "Which?", "/d/", (), None, date(2026, 11, 20))
    document = compose_digest(replace(quiet_facts(), asks=(ask,)))
    assert _texts(document, WANTED) == ["nobody is named to decide, 3 days waiting"]
    table = next(block for block in document.blocks if isinstance(block, Table))
    assert table.rows[0].cells == ("Ana Alves", "Name who decides: Which?", "3 days waiting")


@given(st.integers(-60, 60), st.booleans())
def test_late_and_next_never_hold_the_same_milestone(days: int, is_open: bool) -> None:
    facts = quiet_facts()
    one = replace(facts.milestones[0], due_date=facts.today + timedelta(days=days), is_open=is_open)
    document = compose_digest(replace(facts, milestones=(one,)))
    sections = _headings(document)
    assert (LATE in sections) == (is_open and days < 0)
    assert (NEXT in sections) == (is_open and 0 <= days <= 7)


@given(st.permutations(busy_facts().events))
def test_the_same_facts_make_the_same_digest(events: list[EventFacts]) -> None:
    facts: LaunchReportFacts = busy_facts()
    assert compose_digest(replace(facts, events=tuple(events))) == compose_digest(facts)
