"""Who a text mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launches.domain.mentions import Person, mentioned

ANA, ANNA, BEN, OTHER_BEN = (
    Person(1, "Ana Alves", "ana@luna.test"),
    Person(2, "Ana Alvestad", "anna@luna.test"),
    Person(3, "Ben Berger", "ben@luna.test"),
    Person(4, "Cleo", "cleo@luna.test"),
)
PEOPLE = [ANA, ANNA, BEN, OTHER_BEN]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Ana Alves, please look", {1}),
        ("@ana alvestad!", {2}),
        ("@Ana please", set()),
        ("@Ben and @cleo: see above", {3, 4}),
        ("ask @ben@luna.test.", {3}),
        ("mail ben@luna.test", set()),
        ("@Benjamin", set()),
        ("(@Cleo)", {4}),
        ("@", set()),
        ("nobody", set()),
    ],
)
def test_people_are_mentioned_by_name_or_address(text: str, who: set[int]) -> None:
    assert mentioned(text, PEOPLE) == who


@given(st.text(), st.lists(st.builds(Person, st.integers(), st.text(), st.text()), max_size=5))
def test_only_people_who_may_be_mentioned_are(text: str, people: list[Person]) -> None:
    assert mentioned(text, people) <= {person.pk for person in people}
