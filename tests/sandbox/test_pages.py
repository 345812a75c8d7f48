"""The sandbox's pages, and how a message's markup becomes HTML."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from sandbox.control import SandboxControl
from sandbox.slack.mrkdwn import mrkdwn, rich_text

PAGES = (
    "/", "/jira/", "/jira/projects/CAL", "/jira/browse/CAL-2", "/slack/", "/slack/channels/C02BOOK", "/ledger",
    "/faults",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~no~ `a*b*c`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>a*b*c</code>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("a\nb", "a<br>b"),
        ("&gt; said\n&gt; twice\nafter", "<blockquote>said<br>twice</blockquote>after"),
        ("&lt;b&gt; &amp;amp; <b>", "&lt;b&gt; &amp;amp; b"),
        ("<https://a.example/?x=1&amp;y=2|A &amp; B>", '<a href="https://a.example/?x=1&amp;y=2">A &amp; B</a>'),
        ("*<https://a.example|x>*", '<strong><a href="https://a.example">x</a></strong>'),
        ("<javascript:alert(1)|x>", "x"),
        ('<https://a.example/"onclick=|x>', '<a href="https://a.example/&quot;onclick=">x</a>'),
        ("```*raw*\n<x>```", "<pre>*raw*\n&lt;x&gt;</pre>"),
        ("hi <@U01INES> in <#C02BOOK>", None),
        (":full_moon: 🌒 :unknown_word:", "🌕 🌒 :unknown_word:"),
    ],
)
def test_markup_as_html(text: str, html: str | None) -> None:
    mentions = 'hi <span class="mention">@Ines Carvalho</span> in <span class="mention">#launch-book</span>'
    assert mrkdwn(text) == (html if html is not None else mentions)


def test_rich_text_as_html() -> None:
    bold = {"type": "text", "text": "<done>", "style": {"bold": True}}
    line = {"type": "rich_text_section", "elements": [bold]}
    block = {"type": "rich_text", "elements": [line, {"type": "rich_text_list", "style": "bullet", "elements": [line]}]}
    assert rich_text(block) == ("<p><strong>&lt;done&gt;</strong></p><ul><li><strong>&lt;done&gt;</strong></li></ul>")


def test_every_page_shows_under_a_strict_policy(sandbox_url: str, control: SandboxControl) -> None:
    control.add_fault("jira", "status", match="never")
    for path in PAGES:
        answer = requests.get(sandbox_url + path, timeout=5)
        assert answer.status_code == 200, path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<h1>" in answer.text
        assert not {" style=", " onclick=", "<script"} & set(answer.text.split(">"))
    for path in ("/jira/projects/SEC", "/jira/browse/SEC-1", "/slack/channels/C99"):
        assert requests.get(sandbox_url + path, timeout=5).status_code == 404


def test_a_person_completes_a_task_on_its_page(sandbox_url: str, control: SandboxControl, jira: Any) -> None:
    (key,) = control.create_issues("OPS")
    page = requests.post(f"{sandbox_url}/jira/browse/{key}/complete", timeout=5)
    assert page.url == f"{sandbox_url}/jira/projects/OPS#{key}"
    assert jira.issue(key).fields.status.name == "Done"
    assert [line["action"] for line in control.ledger()] == ["completed by hand"]


def test_next_day_is_a_button_that_no_other_site_can_press(sandbox_url: str, control: SandboxControl) -> None:
    foreign = requests.post(f"{sandbox_url}/next-day", headers={"Origin": "http://evil.example"}, timeout=5)
    assert foreign.status_code == 403
    assert control.clock()["offset_seconds"] == 0
    requests.post(f"{sandbox_url}/next-day", timeout=5)
    assert control.clock()["offset_seconds"] == 86_400


def test_a_channels_page_draws_the_blocks(sandbox_url: str, slack: WebClient) -> None:
    header: dict[str, Any] = {"type": "header", "text": {"type": "plain_text", "text": "Week 47 <🌔>"}}
    button = {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://luna.example/x"}
    blocks: list[dict[str, Any]] = [header, {"type": "divider"}, {"type": "actions", "elements": [button]}]
    slack.chat_postMessage(channel="C02BOOK", text="Week 47", blocks=blocks)
    page = requests.get(f"{sandbox_url}/slack/channels/C02BOOK", timeout=5).text
    assert "<h2>Week 47 &lt;🌔&gt;</h2>" in page
    assert '<a class="press" href="https://luna.example/x">Open</a>' in page


def test_by_itself_it_serves_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        SandboxControl(url).move_clock(days=1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert (tmp_path / "clock.json").exists()
