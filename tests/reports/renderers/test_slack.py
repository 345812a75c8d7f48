"""Slack's limits, escaping and the honest rest, for any document."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.content.document import (
    Block,
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Note,
    Plan,
    PlanItem,
    Quote,
    Row,
    Table,
    Title,
)
from reports.content.samples import sample_progress, sample_roadmap
from reports.renderers.slack import MAX_BLOCKS, MAX_SECTION, MAX_TOTAL, MOST_OF_A_PLAN, Payload, render_slack

_BASE = "https://luna.example"
_TEXTS = st.text(max_size=60) | st.sampled_from(
    ["<!channel>", "<@U1|x>", "a|b", "*x*", "&lt;", "x" * 4000, "<https://evil|Luna>"]
)
_LINES = st.builds(
    Line, text=_TEXTS, mark=st.sampled_from(["", "ok", "bad"]), moon=st.none() | st.floats(0, 1), person=_TEXTS,
    link=st.none() | st.builds(Link, _TEXTS, st.just("/launches/X/")),
)  # fmt: skip
_ITEMS = st.builds(
    PlanItem, _TEXTS, st.just("/launches/X/"), group=_TEXTS, owner=_TEXTS, word=_TEXTS,
    due=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)), mark=st.sampled_from(["ok", "bad"]),
)  # fmt: skip
_BLOCKS = st.one_of(
    st.builds(Heading, _TEXTS),
    st.builds(Quote, _TEXTS, _TEXTS),
    st.builds(Lines, st.lists(_LINES, min_size=1, max_size=30).map(tuple)),
    st.builds(
        Table,
        st.just(("Who", "What", "By")),
        st.lists(st.builds(Row, st.tuples(_TEXTS, _TEXTS, _TEXTS)), max_size=9).map(tuple),
    ),
    st.builds(Note, _TEXTS),
    st.builds(Plan, st.lists(_ITEMS, max_size=40).map(tuple), st.just(date(2026, 11, 23)), st.booleans()),
)
_DOCUMENTS = st.builds(lambda title, rest: Document((Title(title), *rest)), _TEXTS, st.lists(_BLOCKS, max_size=25))


def _texts(payload: Payload) -> list[str]:
    found = [block["text"]["text"] for block in payload["blocks"] if block["type"] == "section"]
    return found + [
        item["text"] for block in payload["blocks"] if block["type"] == "context" for item in block["elements"]
    ]


def _render(*blocks: Block) -> Payload:
    return render_slack(Document(blocks), base_url=_BASE, more_path="/more/")


@given(_DOCUMENTS)
def test_every_message_is_within_slacks_limits(document: Document) -> None:
    payload = render_slack(document, base_url=_BASE, more_path="/more/")
    assert len(payload["blocks"]) <= MAX_BLOCKS
    assert len(json.dumps(payload["blocks"])) <= MAX_TOTAL
    assert all(0 < len(text) <= MAX_SECTION for text in _texts(payload))
    assert all(0 < len(b["text"]["text"]) <= 150 for b in payload["blocks"] if b["type"] == "header")
    assert 0 < len(payload["text"]) <= 4000


@given(_DOCUMENTS)
def test_the_only_tags_are_links_to_luna(document: Document) -> None:
    payload = render_slack(document, base_url=_BASE, more_path="/more/")
    tags = [tag for text in [*_texts(payload), payload["text"]] for tag in re.findall(r"<([^>]*)>?", text)]
    assert all(tag.startswith(f"{_BASE}/") for tag in tags)
    assert all(tag.count("|") == 1 for tag in tags)


@given(st.integers(1, 400))
def test_what_does_not_fit_is_counted(count: int) -> None:
    lines = tuple(Line(text=f"line number {number} " + "x" * 60) for number in range(count))
    payload = _render(Title("T"), Heading("H"), Lines(lines))
    shown = sum(text.count("• line number") for text in _texts(payload))
    said = re.search(r"\|(\d+) more lines? in Luna>", _texts(payload)[-1])
    assert shown + (int(said[1]) if said else 0) == count


def test_a_heading_never_stands_alone_at_the_cut() -> None:
    for count in range(80, 140):
        lines = tuple(Line(text=f"{number} " + "x" * 80) for number in range(count))
        texts = _texts(
            _render(Title("T"), Lines(lines), Heading("Last"), Lines((Line(text="y" * 500), Line(text="z" * 800))))
        )
        assert "*Last*" not in texts


def test_a_title_is_plain_text() -> None:
    header = _render(Title("<!channel> *urgent*"))["blocks"][0]
    assert header["text"] == {"type": "plain_text", "text": "<!channel> *urgent*", "emoji": True}


@pytest.mark.parametrize("milestones", [1, 20, 100])
def test_of_a_long_plan_some_are_shown_and_the_rest_is_counted(milestones: int) -> None:
    for document in (sample_progress(milestones), sample_roadmap(milestones)):
        texts = _texts(render_slack(document, base_url=_BASE, more_path="/more/"))
        plan = next(block for block in document.blocks if isinstance(block, Plan))
        start = texts.index(next(text for text in texts if text.startswith(("*Milestones*", "*Timeline*"))))
        said = re.search(r"and (\d+) more: <https://luna.example/more/\|", "\n".join(texts[start:]))
        assert (int(said[1]) if said else 0) == max(0, len(plan.items) - MOST_OF_A_PLAN)


def test_an_appendix_is_left_out_with_its_heading() -> None:
    plan = Plan((PlanItem("One", "/one/"),), date(2026, 11, 23), is_appendix=True)
    texts = _texts(_render(Title("T"), Heading("Kept"), Lines((Line(text="x"),)), Heading("Milestones"), plan))
    assert texts == ["*Kept*\n• x"]


def test_completed_milestones_give_way_first() -> None:
    today = date(2026, 11, 23)
    done = [PlanItem(f"Done {n}", f"/{n}/", due=today, done=today) for n in range(15)]
    ahead = [PlanItem(f"Ahead {n}", f"/{n}/", due=today) for n in range(15)]
    text = "\n".join(_texts(_render(Title("T"), Plan((*done, *ahead), today))))
    assert text.count("Ahead") == 15
    assert text.count("Done") == 5
