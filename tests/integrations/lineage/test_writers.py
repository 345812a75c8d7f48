"""What Luna writes into each tool, through its SDK against the sandbox: once, found again, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
import requests
from django.conf import LazySettings

from integrations.account import Access
from integrations.errors import AmbiguousError, ErrorKind, NeedsAttentionError, RefusedError, RetryLaterError
from integrations.sources.jira.cloud.writes import open_writer as cloud_writer
from integrations.sources.writing import Note, is_own
from luna.lib.redaction import Secret
from sandbox.control import SandboxControl
from sandbox.jira.face import CLOUD_ID, SCOPED_TOKEN
from sandbox.server import SandboxServer
from tests.integrations.lineage.places import TOOLS, Place, make_place
from tests.integrations.world import EMAIL, open_to

URL = "https://luna.example/launches/BOOK/milestones/7/"
NOTE = Note("Serves milestone “Calendar sync” of launch “Booking”", "Guests see free slots at once.", URL)


@pytest.fixture(params=TOOLS)
def place(
    request: pytest.FixtureRequest, sandbox: SandboxServer, sandbox_control: SandboxControl, settings: LazySettings
) -> Iterator[Place]:
    open_to(sandbox, settings)
    settings.ASANA_URL = f"{sandbox.url}/asana/api/1.0"
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    made = make_place(request.param, sandbox, sandbox_control)
    with closing(made.writer):
        yield made


def test_what_is_written_is_seen_there_with_its_outcome_and_link(place: Place) -> None:
    assert place.writer.write(place.task_id, NOTE, URL)
    for words in (NOTE.title, NOTE.outcome, NOTE.url):
        assert words in place.shown()


def test_it_is_found_by_its_link_and_another_milestones_is_not(place: Place) -> None:
    assert place.writer.find(place.task_id, URL) == ""
    remote_id = place.writer.write(place.task_id, NOTE, URL)
    assert place.writer.find(place.task_id, URL) == remote_id
    assert place.writer.find(place.task_id, URL.replace("/7/", "/77/")) == ""


def test_it_is_taken_back_once_and_again_does_no_harm(place: Place, sandbox_control: SandboxControl) -> None:
    remote_id = place.writer.write(place.task_id, NOTE, URL)
    for _ in range(2):
        place.writer.remove(place.task_id, remote_id, URL)
    assert place.writer.find(place.task_id, URL) == ""
    assert NOTE.outcome not in place.shown()
    assert place.count(sandbox_control, place.unwrote) == 1


@pytest.mark.parametrize("kind", ["reset_after", "cut", "bad_json"])
def test_an_unclear_answer_says_so_and_what_arrived_is_found(
    place: Place, kind: str, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault(place.face, kind, match=place.call, count_bytes=10)
    with pytest.raises(AmbiguousError):
        place.writer.write(place.task_id, NOTE, URL)
    assert place.writer.find(place.task_id, URL)
    assert place.count(sandbox_control, place.wrote) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_over_there_leaves_it_open_too(place: Place, status: int, sandbox_control: SandboxControl) -> None:
    sandbox_control.add_fault(place.face, "status", match=place.call, status=status)
    with pytest.raises(AmbiguousError):
        place.writer.write(place.task_id, NOTE, URL)
    assert place.writer.find(place.task_id, URL) == ""


def test_a_limit_is_a_clear_no_for_now(place: Place, sandbox_control: SandboxControl) -> None:
    sandbox_control.add_fault(place.face, "status", match=place.call, status=429, headers={"Retry-After": "40"})
    with pytest.raises(RetryLaterError) as later:
        place.writer.write(place.task_id, NOTE, URL)
    assert later.value.kind == ErrorKind.RATE_LIMITED


def test_a_refused_sign_in_is_for_a_person(place: Place, sandbox_control: SandboxControl) -> None:
    body = {"err": "no", "ECODE": "OAUTH_019"} if place.face == "clickup" else {"errors": [{"message": "no"}]}
    sandbox_control.add_fault(place.face, "status", match=place.call, status=401, body=body)
    with pytest.raises(NeedsAttentionError):
        place.writer.write(place.task_id, NOTE, URL)


def test_a_missing_right_to_write_stops_this_alone(place: Place, sandbox_control: SandboxControl) -> None:
    sandbox_control.add_fault(place.face, "status", match=place.call, status=403)
    with pytest.raises(RefusedError) as refused:
        place.writer.write(place.task_id, NOTE, URL)
    assert refused.value.kind == ErrorKind.NO_RIGHTS
    assert "account" in refused.value.sentence


def test_a_task_that_is_gone_is_refused(place: Place) -> None:
    gone = place.task_id[:-1] + "99999"
    with pytest.raises(RefusedError):
        place.writer.write(gone, NOTE, URL)


def test_jira_keeps_one_link_and_follows_a_new_name(place: Place, sandbox_control: SandboxControl) -> None:
    if place.face not in {"jira", "jira-dc"}:
        place.writer.write(place.task_id, NOTE, URL)
        assert place.count(sandbox_control, "comment") == 1
        return
    renamed = replace(NOTE, title="Serves milestone “Two-way sync” of launch “Booking”", url=f"{URL}?moved")
    assert place.writer.write(place.task_id, NOTE, URL) == place.writer.write(place.task_id, renamed, URL)
    assert place.count(sandbox_control, "remote link") == place.count(sandbox_control, "remote link updated") == 1
    assert renamed.url in place.shown()


def test_titles_longer_than_jira_takes_are_cut(place: Place) -> None:
    name = "é" * 160
    long = Note(f"Serves milestone “{name}” of launch “{name}”", "x" * 500, URL)
    assert place.writer.write(place.task_id, long, URL)


def test_a_token_with_scopes_needs_one_to_write(sandbox: SandboxServer, settings: LazySettings) -> None:
    open_to(sandbox, settings)
    access = Access(f"{sandbox.url}/jira", EMAIL, Secret(SCOPED_TOKEN), {"cloud_id": CLOUD_ID})
    with closing(cloud_writer(access)) as writer, pytest.raises(RefusedError) as refused:
        writer.write("CAL-2", NOTE, URL)
    assert "write:jira-work" in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        (NOTE.comment, True),
        (f"  {NOTE.comment}", True),
        (f"See {URL}, which I work on", False),
        (f"Serves milestone “X”.\n{URL.replace('/7/', '/77/')}", False),
        (None, False),
    ],
)
def test_only_lunas_own_words_with_the_link_are_taken_for_its_comment(text: object, is_ours: bool) -> None:
    assert is_own(text, URL) is is_ours


def test_clickup_tells_only_who_follows_the_task(
    sandbox: SandboxServer, sandbox_control: SandboxControl, settings: LazySettings
) -> None:
    open_to(sandbox, settings)
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    place = make_place("clickup", sandbox, sandbox_control)
    with closing(place.writer):
        place.writer.write(place.task_id, NOTE, URL)
        headers = {"Authorization": "pk_sandbox"}
        for number in range(30):  # so that Luna's is not on the first page any more
            body = {"comment_text": f"Talk {number}", "notify_all": True}
            requests.post(
                f"{settings.CLICKUP_URL}/task/{place.task_id}/comment", json=body, headers=headers, timeout=30
            )
        assert place.writer.find(place.task_id, URL)
