"""Keys made from names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launches.domain.keys import RESERVED, suggest_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Apollo", "APOLLO"),
        ("The new Apollo payments", "APOLLO"),
        ("Übergrößen für alle", "UBERGROEN"),
        ("Internationalisation", "INTERNATIONA"),
        ("New", "NEW2"),
        ("a b c", "ABC"),
        ("3D printing", "PRINTING"),
        ("発射", "LAUNCH"),
        ("", "LAUNCH"),
    ],
)
def test_a_key_says_what_the_name_says(name: str, key: str) -> None:
    assert suggest_key(name) == key


def test_taken_keys_get_a_number_and_stay_short() -> None:
    assert suggest_key("Apollo", {"APOLLO", "APOLLO2"}) == "APOLLO3"
    assert suggest_key("Internationalisation", {"INTERNATIONA"}) == "INTERNATION2"


@given(st.text(max_size=120))
def test_every_name_gets_a_key_that_is_allowed(name: str) -> None:
    key = suggest_key(name)
    assert re.fullmatch(r"[A-Z][A-Z0-9]{1,11}", key)
    assert key not in RESERVED
    assert suggest_key(name, {key}) != key
