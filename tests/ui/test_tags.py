"""The template tags: every sign has shape, word and colour; every date its exact day; every field its label."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone

from luna import clock
from luna.ui.templatetags.ui import mark, status
from luna.ui.vocabulary import LOOKS, look_of
from tests.ui.site import TODAY, BetaForm

SPRITE = Path("static/icons.svg").read_text(encoding="utf-8")


def rendered(source: str, **context: Any) -> str:
    return Template(source).render(Context({"today": TODAY, **context})).strip()


@pytest.mark.parametrize("value", LOOKS)
def test_every_status_has_its_shape_in_the_sprite(value: str) -> None:
    look = LOOKS[value]
    assert f'id="m-{look.mark}"' in SPRITE
    assert look.tone in {"ok", "warn", "bad", "still"}
    assert f'<span class="word">{look.word}</span>' in status(value)


@pytest.mark.parametrize(
    "group",
    [
        ("on_track", "possible_delays", "at_risk", "paused", "unknown"),
        ("not_started", "in_progress", "in_review", "completed", "cancelled"),
    ],
)
def test_words_of_one_list_never_share_their_shape(group: tuple[str, ...]) -> None:
    assert len({LOOKS[value].mark for value in group}) == len(group)


def test_a_status_without_a_look_keeps_its_word() -> None:
    assert look_of("half_way_there").word == "Half way there"
    assert look_of(None).word == "Not known"
    assert 'class="status quiet"' in status("on_track", quiet=True)
    assert "Signed" in status("completed", word="Signed")


def test_icons_used_by_the_templates_are_in_the_sprite() -> None:
    used = {
        name
        for path in Path("templates").rglob("*.html")
        for name in re.findall(r'{% icon "([a-z]+)"', path.read_text(encoding="utf-8"))
    }
    assert used
    assert not {name for name in used if f'id="i-{name}"' not in SPRITE}


def test_a_mark_takes_the_tone_of_its_shape() -> None:
    assert 'data-is="bad"' in mark("bad")
    assert 'data-is="still"' in mark("done")
    assert 'data-is="ok"' in mark("done", "ok")


def test_a_due_day_says_how_far_and_shows_lateness() -> None:
    soon = rendered("{% due day %}", day=TODAY + timedelta(days=19))
    assert '<time datetime="2026-12-12" title="Saturday 12 December 2026">Sat 12 Dec</time>' in soon
    assert '<span class="muted">in 3 weeks</span>' in soon
    assert '<span class="late">9 d late</span>' in rendered("{% due day %}", day=TODAY - timedelta(days=9))
    assert "late" not in rendered("{% due day done=True %}", day=TODAY - timedelta(days=9))
    assert rendered("{% due day %}", day=None) == '<span class="muted">no date</span>'
    assert rendered("{% distance day %}", day=TODAY - timedelta(days=9)) == "9 days late"


def test_days_without_a_given_today_are_those_of_the_workspace() -> None:
    zone = "Pacific/Kiritimati"
    today = clock.today(zone)
    source = Template("{% distance day %}")
    assert source.render(Context({"workspace": SimpleNamespace(time_zone=zone), "day": today})) == "today"
    far = SimpleNamespace(time_zone="Pacific/Pago_Pago")
    assert source.render(Context({"workspace": far, "day": clock.today(zone)})) != "today"


def test_an_instant_is_shown_in_the_readers_zone() -> None:
    at = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        html = rendered("{% ago at %}", at=at)
    assert 'datetime="2026-01-06T08:30:00+09:00"' in html
    assert "Tuesday 6 January 2026, 08:30 (Asia/Tokyo)" in html
    assert rendered("{% ago at %}", at=None) == '<span class="muted">never</span>'


def test_names_are_escaped() -> None:
    html = rendered("{% who user %}", user=SimpleNamespace(name='<b onclick="x">'))
    assert "<b" not in html
    assert rendered("{% who user %}", user=None) == '<span class="muted">nobody</span>'


def test_a_field_is_tied_to_its_hint_and_its_error() -> None:
    html = rendered("{% field form.name %}", form=BetaForm({"name": ""}))
    assert '<label for="id_name">Name</label>' in html
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_hint">As people say it.' in html
    assert 'id="id_name_error"' in html
    assert "This field is required." in html


def test_a_lone_check_box_stands_inside_its_label() -> None:
    html = rendered("{% field form.must %}", form=BetaForm())
    assert '<label class="check" for="id_must"><input type="checkbox"' in html
    assert "optional" in rendered("{% field form.notes %}", form=BetaForm())


def test_no_line_ends_between_a_number_and_its_per_cent_sign() -> None:
    said = rendered("{{ words|unbroken }}", words="<1 % of 5 % <b> 85 % sure, 5  % and x % y")
    assert said == "&lt;1\u00a0% of 5\u00a0% &lt;b&gt; 85\u00a0% sure, 5  % and x % y"
    assert rendered('{{ words|join:"; "|unbroken }}', words=["<1 %", "85 %"]) == "&lt;1\u00a0%; 85\u00a0%"
    assert rendered("{{ words|unbroken }}", words="") == ""


def test_figures() -> None:
    assert rendered("{{ 0.625|percent }}|{{ none|percent }}|{{ 'Ana Lu'|initials }}", none=None) == "62\u00a0%||AL"
    assert rendered("{% day day %}", day=date(2026, 12, 11)).endswith(">Fri 11 Dec</time>")
