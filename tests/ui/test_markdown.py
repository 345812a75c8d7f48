"""People's Markdown keeps its meaning and loses everything that could act."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.ui.markdown import ELEMENTS, markdown_html
from luna.ui.templatetags.ui import markdown

ATTACKS = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHN2Zz4=)",
    '<img src=x onerror="alert(1)">',
    "![picture](https://elsewhere.example/track.gif)",
    '<a href="#" hx-get="/undo/" hx-trigger="load">x</a>',
    "<b style='position:fixed'>x</b>",
    "<https://good.example/\"onmouseover='alert(1)>",
)
TAGS = re.compile(r"<\s*/?\s*([a-zA-Z0-9-]+)([^>]*)>")


def assert_harmless(html: str) -> None:
    """Only listed elements, and no attribute but a link's address and relation."""
    for tag, attributes in TAGS.findall(html):
        assert tag in ELEMENTS
        for name, value in re.findall(r"([a-zA-Z-]+)=\"([^\"]*)\"", attributes):
            assert name in {"href", "rel"}
            assert name != "href" or re.match(r"(https?|mailto):", value) or ":" not in value.split("/")[0]


@pytest.mark.parametrize("text", ATTACKS)
def test_attacks_become_text(text: str) -> None:
    assert_harmless(markdown_html(text))


@given(
    st.lists(
        st.sampled_from([*ATTACKS, "*", "**", "\n", "> ", "- ", "`", "x", "](", "<", ">", '"', "&#x3c;"]), max_size=12
    )
)
def test_no_mixture_gets_through(parts: list[str]) -> None:
    assert_harmless(markdown_html("".join(parts)))


def test_what_people_mean_is_kept() -> None:
    html = markdown_html("**Go** with *one*:\n\n- a\n- [b](https://luna.example/)")
    assert "<strong>Go</strong>" in html
    assert "<li>a</li>" in html
    assert '<a href="https://luna.example/" rel="noopener noreferrer nofollow">b</a>' in html


def test_the_page_tells_htmx_to_keep_out() -> None:
    assert markdown("x") == '<div class="voice prose" hx-ignore><p>x</p>\n</div>'
    assert markdown("") == markdown(None) == ""
