"""Giving Luna a list: from a page as an admin does, and as JSON as a script does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from integrations.models import Connection, ListedTask, QuarantinedPayload, Task
from integrations.sources.upload.listing import MOST_BYTES
from luna.events.models import Event
from milestones.models import Milestone
from people.models import User
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]
PREVIEW = {"HX-Request": "true", "HX-Target": "preview"}
LIST = "id,title,status,points,depends on\n1,One,done,2,\n2,Two,open,many,\n3,Three,doing,1,1\n"


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def ours(admin: Client) -> Connection:
    """A list that was begun on the page where services are connected."""
    answer = admin.post(reverse("integrations:connect", args=["upload"]), {"name": "Our list"})
    row = Connection.objects.get()
    assert answer.headers["Location"] == at("own_list", row)
    return row


def at(name: str, row: Connection) -> str:
    return reverse(f"integrations:{name}", args=[row.pk])


def file(text: str = LIST, name: str = "list.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def key_of(admin: Client, row: Connection) -> str:
    page = admin.post(at("new_list_key", row)).content.decode()
    return page.partition("<p><code>")[2].partition("</code>")[0]


def send(key: str, body: Any) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    answer = Client().post(
        reverse("integrations:take_json"), raw, "application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_preview_says_what_it_holds_and_keeps_nothing(admin: Client, ours: Connection) -> None:
    page = admin.post(at("check_list", ours), {"file": file()}, headers=PREVIEW).content.decode()
    assert "<html" not in page
    assert "2 tasks can be read, 1 row can’t" in page
    assert "“points” has to be a number." in page
    assert "“depends on” is blocked_by" in page
    assert not ListedTask.objects.exists()


def test_a_file_becomes_progress_and_its_faults_are_set_aside(
    admin: Client, ours: Connection, milestone: Milestone
) -> None:
    link(milestone, ours, "all", kind="list")  # type: ignore[arg-type]
    admin.post(at("own_list", ours), {"file": file()})
    sync(ours)
    milestone.refresh_from_db()
    assert milestone.tasks_words == "1 of 2"
    assert QuarantinedPayload.objects.get().reason == "“points” has to be a number."
    assert Task.objects.get(external_id="3").blockers.get().blocker_id_there == "1"
    mended = "id,title,status,points\n2,Two,done,3\n3,Three,done,1\n"
    admin.post(at("own_list", ours), {"file": file(mended), "replaces": "on"})
    sync(ours)
    milestone.refresh_from_db()
    assert milestone.tasks_words == "2 of 2"
    assert not QuarantinedPayload.objects.exists()
    assert Task.objects.get(external_id="1").removed_at is not None
    told = [event.after for event in Event.objects.filter(verb="connection.list_taken").order_by("pk")]
    assert told[1] == {"new": 0, "changed": 2, "removed": 1, "set_aside": 0, "older": 0}


def test_a_row_that_can_not_be_read_stays_set_aside_until_it_is_mended(
    admin: Client, ours: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    admin.post(at("own_list", ours), {"file": file("id,title,points\n1,One,2\n2,Two,3\n")})
    link(milestone, ours, "all", kind="list")  # type: ignore[arg-type]
    sync(ours)
    admin.post(at("own_list", ours), {"file": file("id,title,points\n2,Two,many\n")})
    sync(ours)
    assert QuarantinedPayload.objects.get().external_id == "2"
    for title in ("Another", "A third"):
        clock.move(timedelta(hours=1))
        admin.post(at("own_list", ours), {"file": file(f"id,title,points\n1,{title},2\n")})
        sync(ours)
    assert QuarantinedPayload.objects.get().external_id == "2"
    admin.post(at("own_list", ours), {"file": file("id,title,points\n2,Two,3\n")})
    assert not QuarantinedPayload.objects.exists()


def test_older_rows_do_not_undo_newer_ones(admin: Client, ours: Connection) -> None:
    for day, title in (("2026-11-19", "Newer"), ("2026-11-18", "Older")):
        admin.post(at("own_list", ours), {"file": file(f"id,title,updated\n1,{title},{day}\n")})
    assert ListedTask.objects.get().fields["title"] == "Newer"


def test_200_megabytes_are_refused_before_they_are_read(admin: Client, ours: Connection) -> None:
    class Unread(BytesIO):
        """A body that fails whoever reads it."""

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError(f"{size} bytes were asked for")

        readline = read

    for name in ("own_list", "check_list"):
        answer = admin.generic(
            "POST",
            at(name, ours),
            content_type="multipart/form-data; boundary=x",
            **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},  # type: ignore[arg-type]
        )
        assert answer.status_code == 413
        assert "larger than 10 MB" in answer.content.decode()


def test_a_forged_form_is_refused(ours: Connection, ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    for name in ("own_list", "check_list", "new_list_key"):
        assert strict.post(at(name, ours), {"file": file()}).status_code == 403
    assert not ListedTask.objects.exists()


def test_a_file_that_is_no_list_says_so_on_the_page(admin: Client, ours: Connection) -> None:
    answer = admin.post(at("own_list", ours), {"file": file("a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "no column for the tasks’ id" in answer.content.decode()
    assert admin.post(at("own_list", ours), {}).status_code == 422


def test_a_key_is_shown_once_and_only_its_digest_is_kept(admin: Client, ours: Connection) -> None:
    key = key_of(admin, ours)
    assert len(key) >= 40
    ours.refresh_from_db()
    assert key not in json.dumps(ours.options) + ours.credentials
    assert key not in admin.get(at("own_list", ours)).content.decode()
    assert send(key, {"tasks": []}).status_code == 202
    newer = key_of(admin, ours)
    assert send(key, {"tasks": []}).status_code == 404
    assert send(newer, {"tasks": []}).status_code == 202
    admin.post(at("disconnect", ours))
    assert send(newer, {"tasks": []}).status_code == 404


def test_json_adds_changes_and_replaces(admin: Client, ours: Connection) -> None:
    key = key_of(admin, ours)
    one, two = {"external_id": 1, "title": "One"}, {"external_id": "2", "title": "Two", "state": "done"}
    assert json.loads(send(key, {"tasks": [one, two]}).content) == {"new": 2, "changed": 0, "removed": 0, "older": 0}
    assert json.loads(send(key, {"tasks": [one, two]}).content)["changed"] == 0
    changed = send(key, {"tasks": [two | {"title": "Second"}], "replace": True})
    assert json.loads(changed.content) == {"new": 0, "changed": 1, "removed": 1, "older": 0}


def test_a_body_of_the_wrong_shape_changes_nothing_and_says_where(admin: Client, ours: Connection) -> None:
    key = key_of(admin, ours)
    answer = send(key, {"tasks": [{"external_id": "1", "title": "One"}, {"external_id": "2", "state": "maybe"}]})
    assert answer.status_code == 422
    assert json.loads(answer.content)["faults"][0]["path"] == "tasks[1].state"
    assert not ListedTask.objects.exists()
    assert send(key, b"{").status_code == 422
    assert send(key, b" " * (MOST_BYTES + 1)).status_code == 413
    assert send("", {"tasks": []}).status_code == 404


def in_chunks(key: str, stream: BytesIO) -> HttpResponse:
    """As a server hands it on that tells no length, because none was sent."""
    answer = Client().generic(
        "POST",
        reverse("integrations:take_json"),
        headers={"Authorization": f"Bearer {key}"},
        **{"wsgi.input": stream, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},  # type: ignore[arg-type]
    )
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_body_in_chunks_is_read_no_further_than_it_may_be_long(admin: Client, ours: Connection) -> None:
    key = key_of(admin, ours)
    raw = json.dumps({"tasks": [{"external_id": "1", "title": "One"}]}).encode()
    assert in_chunks(key, BytesIO(raw)).status_code == 202
    assert ListedTask.objects.get().external_id == "1"
    endless = BytesIO(b" " * (MOST_BYTES + 100))
    answer = in_chunks(key, endless)
    assert (answer.status_code, endless.tell()) == (413, MOST_BYTES + 1)
    assert "larger than 10 MB" in answer.content.decode()


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"tasks": [{"external_id": "1", "title": "\xff"}]}', b"", b"null"])
def test_what_is_no_list_changes_nothing_and_says_so(admin: Client, ours: Connection, raw: bytes) -> None:
    key = key_of(admin, ours)
    send(key, {"tasks": [{"external_id": "1", "title": "One"}]})
    answer = send(key, raw)
    assert answer.status_code == 422
    assert json.loads(answer.content)["faults"][0]["error"]
    assert ListedTask.objects.get().fields["title"] == "One"


def test_a_refused_file_changes_nothing(admin: Client, ours: Connection) -> None:
    admin.post(at("own_list", ours), {"file": file()})
    before = list(ListedTask.objects.order_by("pk").values_list("external_id", "fields", "fault"))
    for bad in ("id,title\n" + "1,2\n" * 3 + "ab," * 400_000, "colour\nred", "id,title\x00"):
        answer = admin.post(at("own_list", ours), {"file": file(bad), "replaces": "on"})
        assert answer.status_code == 422
    assert list(ListedTask.objects.order_by("pk").values_list("external_id", "fields", "fault")) == before


def test_what_a_list_holds_is_said_before_any_milestone_reads_it(admin: Client, ours: Connection) -> None:
    page = admin.get(at("connection", ours)).content.decode()
    assert "nothing yet: give it tasks" in page
    assert "Edit or new token" not in page
    assert "Calls left" not in page
    admin.post(at("own_list", ours), {"file": file()})
    page = admin.get(at("connection", ours)).content.decode()
    assert "<dt>Holds</dt><dd>2 tasks" in page
    assert "1 row that could not be read" in page
    assert "Link tasks from Our list" in page, "what comes next"
    own = admin.get(at("own_list", ours)).content.decode()
    assert "“points” has to be a number." in own
    assert "Mend them in the file and give it once more" in own
