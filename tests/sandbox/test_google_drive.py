"""Drive: where files go and who may, search and its pages, narrow answers, shared drives, limits and faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from sandbox.control import SandboxControl
from sandbox.google import masks, queries
from sandbox.google.answers import GoogleError
from sandbox.google.files import File
from tests.sandbox.google_clients import (
    DECK,
    DOCUMENT,
    DRIVE_ID,
    FOLDER,
    LAUNCHES,
    SHARED,
    Google,
    google,
    refusal,
    service_credentials,
)  # fmt: skip

INES = "ines@fernhill.example"


@pytest.fixture
def luna(sandbox_url: str, control: SandboxControl) -> Iterator[Google]:
    service = google(sandbox_url, service_credentials(sandbox_url))
    yield service
    service.close()


@pytest.fixture
def ines(sandbox_url: str, control: SandboxControl) -> Iterator[Google]:
    service = google(sandbox_url, service_credentials(sandbox_url, subject=INES))
    yield service
    service.close()


def get(service: Google, file_id: str, **more: Any) -> Any:
    return service.drive.files().get(fileId=file_id, supportsAllDrives=True, **more)


def test_a_file_is_born_with_its_mark_and_found_by_it(luna: Google, control: SandboxControl) -> None:
    made = luna.create(appProperties={"luna_k": "d'17"})
    q = "appProperties has { key='luna_k' and value='d\\'17' } and trashed = false"
    found = luna.drive.files().list(q=q, **SHARED).execute()
    assert [one["id"] for one in found["files"]] == [made]
    assert luna.drive.files().list(q=q.replace("17", "18"), **SHARED).execute()["files"] == []
    assert [(line["action"], line["key"]) for line in control.ledger()] == [("create", "d'17")]


def test_answers_are_narrow_unless_more_is_asked(luna: Google) -> None:
    made = luna.create()
    assert get(luna, made).execute() == {
        "kind": "drive#file", "id": made, "name": "Week 47", "mimeType": DOCUMENT,
    }  # fmt: skip
    fields = "id,parents,driveId,capabilities(canEdit),webViewLink"
    wide = get(luna, made, fields=fields).execute()
    link = wide.pop("webViewLink")
    assert wide == {"id": made, "parents": [LAUNCHES], "driveId": DRIVE_ID, "capabilities": {"canEdit": True}}
    assert link.endswith(f"/google/document/d/{made}/edit")
    listed = luna.drive.files().list(q=f"'{LAUNCHES}' in parents", fields="files/parents", **SHARED).execute()
    assert listed == {"files": [{"parents": [LAUNCHES]}]}


@pytest.mark.parametrize(
    ("parent", "code", "reason"),
    [
        ("folder-nowhere", 404, "notFound"),
        ("folder-fernhill-private", 404, "notFound"),
        ("folder-fernhill-readonly", 403, "insufficientFilePermissions"),
        ("folder-ines-drafts", 403, "storageQuotaExceeded"),
        ("root", 403, "storageQuotaExceeded"),
        ("deck-fernhill-template", 403, "parentNotAFolder"),
    ],
)
def test_where_a_service_account_can_put_nothing(luna: Google, parent: str, code: int, reason: str) -> None:
    asked = {"name": "x", "mimeType": DOCUMENT, "parents": [parent]}
    error = refusal(luna.drive.files().create(body=asked, supportsAllDrives=True))
    assert (error["code"], error["reasons"]) == (code, [reason])


def test_an_outsider_sees_nothing(sandbox_url: str, control: SandboxControl) -> None:
    outsider = google(sandbox_url, service_credentials(sandbox_url, "outsider"))
    assert outsider.drive.drives().list().execute()["drives"] == []
    assert outsider.drive.files().list(**SHARED).execute()["files"] == []
    assert refusal(get(outsider, LAUNCHES))["code"] == 404
    outsider.close()


def test_a_person_owns_what_they_make_in_their_own_drive(ines: Google) -> None:
    made = ines.create(parents=("folder-ines-drafts",))
    seen = get(ines, made, fields="owners(emailAddress),permissions(emailAddress,role),ownedByMe").execute()
    assert seen["owners"] == [{"emailAddress": INES}]
    assert {one["role"] for one in seen["permissions"]} == {"owner", "writer"}
    assert get(ines, ines.docs.documents().create(body={"title": "Notes"}).execute()["documentId"]).execute()["name"]


def test_a_shared_drive_is_only_there_for_those_who_say_so(luna: Google) -> None:
    assert refusal(luna.drive.files().get(fileId=LAUNCHES))["reasons"] == ["notFound"]
    asked = {"name": "x", "mimeType": DOCUMENT, "parents": [LAUNCHES]}
    assert refusal(luna.drive.files().create(body=asked))["reasons"] == ["notFound"]
    plain = luna.drive.files().list().execute()["files"]
    assert [one["id"] for one in plain] == ["folder-ines-drafts"]
    assert refusal(luna.drive.files().list(includeItemsFromAllDrives=True))["code"] == 400
    assert luna.drive.drives().list().execute()["drives"][0]["name"] == "Fernhill"
    assert luna.drive.drives().get(driveId=DRIVE_ID).execute()["id"] == DRIVE_ID
    assert refusal(luna.drive.drives().get(driveId="0Aother"))["code"] == 404
    at_the_top = luna.create(FOLDER, parents=(DRIVE_ID,))
    assert get(luna, at_the_top, fields="parents").execute() == {"parents": [DRIVE_ID]}


def test_who_can_read_a_folder_is_told(luna: Google) -> None:
    def kinds(file_id: str) -> set[str]:
        asked = luna.drive.permissions().list(fileId=file_id, supportsAllDrives=True, fields="permissions(type,role)")
        return {one["type"] for one in asked.execute()["permissions"]}

    assert kinds(LAUNCHES) == {"user"}
    assert kinds("folder-fernhill-open") == {"user", "anyone"}
    read_only = luna.drive.permissions().list(fileId="folder-fernhill-readonly", supportsAllDrives=True)
    assert refusal(read_only)["reasons"] == ["insufficientFilePermissions"]


def test_a_list_goes_page_by_page(luna: Google, control: SandboxControl) -> None:
    made = {luna.create() for _ in range(5)}
    q, fields = f"'{LAUNCHES}' in parents", "nextPageToken,files(id)"
    seen: list[str] = []
    asked = luna.drive.files().list(q=q, pageSize=2, fields=fields, **SHARED)
    while asked is not None:
        answer = asked.execute()
        seen += [one["id"] for one in answer["files"]]
        asked = luna.drive.files().list_next(asked, answer)
    assert (len(seen), set(seen)) == (5, made)
    assert refusal(luna.drive.files().list(pageToken="nonsense", **SHARED))["code"] == 400
    assert refusal(luna.drive.files().list(pageSize=1001, **SHARED))["code"] == 400
    control.add_fault("google", "short_pages")
    assert len(luna.drive.files().list(q=q, pageSize=4, **SHARED).execute()["files"]) == 2


def test_a_search_can_lag_behind(luna: Google, control: SandboxControl) -> None:
    control.add_fault("google", "index_lag", seconds=600)
    made = luna.create()
    q = f"'{LAUNCHES}' in parents and trashed=false"
    assert luna.drive.files().list(q=q, **SHARED).execute()["files"] == []
    assert get(luna, made).execute()["id"] == made
    control.move_clock(days=0.01)
    assert [one["id"] for one in luna.drive.files().list(q=q, **SHARED).execute()["files"]] == [made]


def test_changing_copying_binning(luna: Google, ines: Google, control: SandboxControl) -> None:
    made = luna.create(appProperties={"a": "1", "b": "2"})
    change = {"name": "Week 48", "appProperties": {"a": None, "c": "3"}}
    asked = {"fileId": made, "supportsAllDrives": True, "fields": "name,appProperties,trashed"}
    changed = luna.drive.files().update(body=change, **asked).execute()
    assert changed == {"name": "Week 48", "appProperties": {"b": "2", "c": "3"}, "trashed": False}
    body = {"parents": [LAUNCHES], "appProperties": {"luna_k": "k"}, "name": "A deck"}
    copied = luna.drive.files().copy(fileId="deck-fernhill-template", body=body, supportsAllDrives=True).execute()
    assert copied["mimeType"] == DECK
    words = luna.deck(copied["id"])["slides"][0]["pageElements"][0]["shape"]["text"]["textElements"][1]["textRun"]
    assert words["content"] == "{{title}}\n"
    luna.drive.files().update(body={"trashed": True}, **asked).execute()
    found = luna.drive.files().list(q=f"'{LAUNCHES}' in parents and trashed=false", **SHARED).execute()["files"]
    assert [one["id"] for one in found] == [copied["id"]]
    assert refusal(luna.drive.files().delete(fileId=made, supportsAllDrives=True))["code"] == 403
    ines.drive.files().delete(fileId=made, supportsAllDrives=True).execute()
    assert refusal(get(luna, made))["code"] == 404
    assert refusal(luna.docs.documents().get(documentId=made))["code"] == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"appProperties": {"luna_k": "x" * 119}}, "longer than 124 bytes"),
        ({"appProperties": {"luna_k": "é" * 60}}, "longer than 124 bytes"),
        ({"appProperties": {f"k{number}": "v" for number in range(31)}}, "More than 30"),
        ({"id": "chosen-before"}, "Generated IDs are not supported"),
        ({"mimeType": "text/plain"}, "no files of the type"),
        ({"colour": "red"}, 'Unknown name "colour"'),
        ({"parents": LAUNCHES}, "Invalid value at 'parents'"),
    ],
)
def test_what_no_file_may_be(luna: Google, changes: dict[str, Any], words: str) -> None:
    asked = {"name": "x", "mimeType": DOCUMENT, "parents": [LAUNCHES], **changes}
    error = refusal(luna.drive.files().create(body=asked, supportsAllDrives=True))
    assert error["code"] == 400
    assert words in error["message"]


def test_a_folder_made_twice_under_one_id_is_one(luna: Google) -> None:
    asked = {"id": "chosen-before", "name": "x", "mimeType": FOLDER, "parents": [LAUNCHES]}
    luna.drive.files().create(body=asked, supportsAllDrives=True).execute()
    error = refusal(luna.drive.files().create(body=asked, supportsAllDrives=True))
    assert (error["code"], error["reasons"]) == (409, ["fileIdInUse"])


def test_scopes_are_looked_at(sandbox_url: str, control: SandboxControl) -> None:
    narrow = google(sandbox_url, service_credentials(sandbox_url, scopes=("documents",)))
    error = refusal(narrow.drive.files().list())
    assert (error["code"], error["reasons"]) == (403, ["insufficientPermissions"])
    assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert narrow.document("document-fernhill-template")["title"] == "Launch document template"
    assert refusal(narrow.slides.presentations().get(presentationId="deck-fernhill-template"))["code"] == 403
    narrow.close()


def test_scripted_faults_and_what_was_done_all_the_same(luna: Google, control: SandboxControl) -> None:
    control.add_fault("google", "status", match="POST .*/files", status=503)
    with pytest.raises(HttpError):
        luna.create()
    assert control.ledger() == []
    control.add_fault("google", "status", match="POST .*/files", status=403, body={"error": {"code": 403}})
    with pytest.raises(HttpError):
        luna.create()
    luna.create()
    assert len(control.ledger()) == 1


FILE = File(
    "f1", "Week 47 O'Neil", DOCUMENT, LAUNCHES, "2026-11-20T08:00:00.000Z", "2026-11-21T08:00:00.000Z",
    app_properties={"luna_k": "a b"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", True),
        ("name = 'Week 47 O\\'Neil'", True),
        ("name='week 47'", False),
        ("name contains 'o\\'n'", True),
        ("name contains 'eil'", False),
        ("mimeType != 'application/vnd.google-apps.folder' and trashed = false", True),
        ("trashed=true", False),
        ("trashed!=true", True),
        (f"'{LAUNCHES}' in parents", True),
        (f"not '{LAUNCHES}' in parents", False),
        ("appProperties has { key='luna_k' and value='a b' }", True),
        ("appProperties has{key='luna_k' and value='A B'}", False),
        ("createdTime > '2026-11-20' and modifiedTime <= '2026-11-21T08:00:00.000Z'", True),
        ("(trashed=true or name contains 'week') and trashed=false", True),
    ],
)
def test_the_search_language(query: str, expected: bool) -> None:
    assert queries.test_of(query)(FILE) is expected


@pytest.mark.parametrize(
    "query",
    ["name", "name =", "name = week", "name ~ 'x'", "name = 'x' and", "colour = 'red'", "trashed = 'true'", "(name='x'",
     "name='x' name='y'", "appProperties has { key='k' }", "'x in parents", "name = 'x' ;"],
)  # fmt: skip
def test_a_query_that_is_none(query: str) -> None:
    with pytest.raises(GoogleError, match="Invalid Value"):
        queries.test_of(query)


def test_masks_keep_what_they_name() -> None:
    answer = {
        "a": 1,
        "files": [{"id": "1", "owners": [{"name": "x", "mail": "y"}]}, {"id": "2"}],
        "b": {"c": 2, "d": 3},
    }
    assert masks.kept(answer, masks.parse("*")) == answer
    assert masks.kept(answer, masks.parse("files(id,owners/mail),b.c")) == {
        "files": [{"id": "1", "owners": [{"mail": "y"}]}, {"id": "2"}], "b": {"c": 2},
    }  # fmt: skip
    for broken in ("a,", "a(", "a)", "(a)", "a b;"):
        with pytest.raises(GoogleError, match="Invalid field selection"):
            masks.parse(broken)
