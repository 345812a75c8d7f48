"""The shared fragments: progress that ends, pages that keep the address, a stale save that shows both versions."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from luna import clock


def shown(template: str, path: str = "/", **context: Any) -> str:
    return render_to_string(f"_shared/{template}", context, RequestFactory().get(path))


def test_progress_polls_while_work_goes_on() -> None:
    html = shown("progress.html", id="sync", label="Reading Jira", done=40, total=120, url="/sync/7/", running=True)
    assert 'hx-get="/sync/7/" hx-trigger="every 1s" hx-target="this"' in html
    assert '<progress aria-label="Reading Jira" max="120" value="40">' in html
    assert "40 of 120" in html
    assert '<a href="/sync/7/">' in html


def test_progress_rests_when_work_is_over() -> None:
    html = shown("progress.html", id="sync", label="Read", done=120, total=120, url="/sync/7/", running=False)
    assert "hx-get" not in html
    assert 'max="120" value="120"' in html


def test_progress_without_a_total_claims_none() -> None:
    html = shown("progress.html", label="Reading", done=40, total=0, url="/x/", running=True)
    assert "40 so far" in html
    assert "max=" not in html


def test_pages_keep_the_rest_of_the_address() -> None:
    html = shown("pages.html", "/launches/?status=at_risk&page=2", page=Paginator(range(120), 50).page(2))
    assert "?status=at_risk&amp;page=1" in html
    assert "?status=at_risk&amp;page=3" in html
    assert "51 to 100 of 120" in html


def test_a_single_page_has_no_links() -> None:
    assert shown("pages.html", page=Paginator(range(20), 50).page(1)).strip() == ""


def test_a_stale_save_shows_both_and_asks() -> None:
    class Ben:
        name = "Ben"

    html = shown("stale.html", stale=[("Name", "Beta", "<Betta>")], saved_by=Ben, saved_at=clock.now())
    assert 'role="alert"' in html
    assert "Ben saved this" in html
    assert "just now" in html
    assert "Beta" in html
    assert "&lt;Betta&gt;" in html


@pytest.mark.parametrize(("groups", "words"), [([], "Nothing is called “x”."), ([("Launches", [])], "Launches")])
def test_the_palette_says_when_it_found_nothing(groups: list[Any], words: str) -> None:
    assert words in shown("palette_results.html", groups=groups, q="x")


def test_an_empty_list_teaches_and_offers_one_button() -> None:
    html = shown(
        "empty.html", title="No risks yet", text="A risk is what may happen.", url="/new/", action="Add a risk"
    )
    assert html.count('class="button primary"') == 1
    assert "<h2>No risks yet</h2>" in html
    assert "button" not in shown("empty.html", title="No risks yet", text="Nobody wrote one down.")
