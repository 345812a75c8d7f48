"""Google through its real SDK, against the sandbox: each file made once, filled once, and every refusal in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.destinations.base import Parcel
from integrations.destinations.google.destination import GoogleDestination
from integrations.domain.types import PlaceKind
from integrations.errors import (
    AmbiguousError,
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
)
from reports.content.document import Document, Line, Lines, Meta, Title
from reports.content.samples import busy_digest
from reports.renderers.google_docs import render_google_docs
from reports.renderers.google_slides import render_google_slides
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.google import (
    BOARD,
    HANDBOOK,
    LAUNCHES,
    LUNA,
    PLAIN_TEMPLATE,
    PRESS,
    TEMPLATE,
    GoogleSandbox,
    counted,
    open_to_google,
)
from tests.integrations.destinations.contract import DestinationContract
from tests.moving_clock import MovingClock

CREATE = "POST /google/drive/v3/files"
BATCH = ":batchUpdate"
ONE_KEY, OTHER_KEY = "1" * 64, "2" * 64
SERVICE_ACCOUNT_FULL = "Service Accounts do not have storage quota. Leverage shared drives, or use OAuth delegation."

REPORT = Document((Title("Patient self-booking, week 47"), Meta("16 to 23 November"), Lines((Line("One slip"),))))


def parcel(kind: PlaceKind = PlaceKind.DOCUMENT, key: str = ONE_KEY, **fields: Any) -> Parcel:
    render = render_google_slides if kind is PlaceKind.DECK else render_google_docs
    payload = {"requests": render(REPORT, base_url="https://luna.example", key=key)}
    series = "BOOK:digest" if kind is PlaceKind.RUNNING_DOCUMENT else ""
    return Parcel(LAUNCHES, kind, key, "Week 47", payload, subtitle="16 to 23 November", series=series, **fields)


def sent(client: GoogleDestination, what: Parcel) -> str:
    """Made and filled; its id."""
    return client.fill(what, client.create(what).remote_id).remote_id


@pytest.fixture
def google(sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> GoogleSandbox:
    return open_to_google(sandbox, settings)


@pytest.fixture
def client(google: GoogleSandbox) -> GoogleDestination:
    return GoogleDestination(Access("", LUNA, google.secret()))


class Google(DestinationContract):
    """What documents and decks have in common."""

    __test__ = False
    face = "google"
    create_call = CREATE
    look_up_call = "GET /google/drive/v3/files$"
    kind = PlaceKind.DOCUMENT

    @pytest.fixture
    def client(self, google: GoogleSandbox) -> GoogleDestination:
        return GoogleDestination(Access("", LUNA, google.secret()))

    @pytest.fixture
    def refused_client(self, google: GoogleSandbox) -> GoogleDestination:
        deleted = LUNA.replace("luna@", "deleted@")
        return GoogleDestination(Access("", deleted, google.secret("deleted")))

    @pytest.fixture
    def parcel(self) -> Parcel:
        return parcel(self.kind)

    def arrived(self, control: SandboxControl) -> int:
        return counted(control)["create"]


class TestDocument(Google):
    __test__ = True


class TestDeck(Google):
    __test__ = True
    kind = PlaceKind.DECK


KINDS = list(PlaceKind)[1:]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "html", "cut"])
def test_filling_after_an_unclear_end_fills_once(
    kind: PlaceKind, fault: str, client: GoogleDestination, google: GoogleSandbox, sandbox_control: SandboxControl
) -> None:
    what = parcel(kind)
    made = client.create(what)
    sandbox_control.add_fault("google", fault, match=BATCH, count_bytes=10)
    with pytest.raises(AmbiguousError):
        client.fill(what, made.remote_id)
    client.fill(what, made.remote_id)
    assert counted(sandbox_control) == {"create": 1, "batchUpdate": 1}
    [file] = google.files()
    assert "Patient self-booking" in file["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_deleted_before_it_was_filled_is_not_made_anew(
    kind: PlaceKind, client: GoogleDestination, google: GoogleSandbox
) -> None:
    what = parcel(kind)
    made = client.create(what)
    google.delete(made.remote_id)
    with pytest.raises(NotFoundError) as gone:
        client.fill(what, made.remote_id)
    assert gone.value.kind is ErrorKind.FILE_GONE
    assert google.files() == []


def test_a_revision_that_is_not_the_newest_is_tried_again(
    client: GoogleDestination, google: GoogleSandbox, sandbox_control: SandboxControl
) -> None:
    what = parcel()
    made = client.create(what)
    refusal = {
        "error": {
            "code": 400,
            "message": "The required revision ID 'x' does not match the latest revision.",
            "status": "FAILED_PRECONDITION",
        }
    }
    sandbox_control.add_fault("google", "status", match=BATCH, status=400, body=refusal)
    with pytest.raises(RetryLaterError):
        client.fill(what, made.remote_id)
    google.write(made.remote_id, "By hand\n")
    client.fill(what, made.remote_id)
    assert google.files()[0]["text"].rstrip().endswith("By hand")


def test_a_running_document_takes_one_edition_on_top_of_the_other(
    client: GoogleDestination, google: GoogleSandbox, sandbox_control: SandboxControl
) -> None:
    first, second = (parcel(PlaceKind.RUNNING_DOCUMENT, key) for key in (ONE_KEY, OTHER_KEY))
    assert sent(client, first) == sent(client, second)
    assert sent(client, replace(second, known_id="")) == sent(client, first)
    [file] = google.files()
    assert file["text"].count("Patient self-booking, week 47") == 2
    assert counted(sandbox_control) == {"create": 1, "batchUpdate": 2}


def test_a_running_document_that_search_does_not_know_yet_is_known_to_luna(
    client: GoogleDestination, sandbox_control: SandboxControl
) -> None:
    document = sent(client, parcel(PlaceKind.RUNNING_DOCUMENT))
    sandbox_control.add_fault("google", "index_lag", seconds=600)
    again = parcel(PlaceKind.RUNNING_DOCUMENT, OTHER_KEY, known_id=document)
    assert sent(client, again) == document


def test_a_running_document_that_was_deleted_begins_anew(client: GoogleDestination, google: GoogleSandbox) -> None:
    document = sent(client, parcel(PlaceKind.RUNNING_DOCUMENT))
    google.delete(document)
    again = parcel(PlaceKind.RUNNING_DOCUMENT, OTHER_KEY, known_id=document)
    assert sent(client, again) != document
    assert len(google.files()) == 1


def test_the_oldest_of_two_running_documents_is_taken(
    client: GoogleDestination, google: GoogleSandbox, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    what = parcel(PlaceKind.RUNNING_DOCUMENT)
    oldest = client.create(what).remote_id
    sandbox_control.add_fault("google", "index_lag", seconds=600)
    assert client.create(what).remote_id != oldest
    sandbox_control.clear_faults()
    assert client.create(what).remote_id == oldest


@pytest.mark.parametrize(("folder", "is_private"), [(BOARD, True), (LAUNCHES, True), (PRESS, False), (HANDBOOK, False)])
def test_who_can_see_a_folder_is_asked(folder: str, is_private: bool, google: GoogleSandbox) -> None:
    ines = GoogleDestination(Access("", "ines@fernhill.example", google.secret()))
    assert ines.place(folder, PlaceKind.DECK).is_private == is_private


def test_where_google_does_not_say_who_can_see_it_counts_as_open(
    client: GoogleDestination, sandbox_control: SandboxControl
) -> None:
    refusal = {"error": {"code": 403, "message": "No.", "errors": [{"reason": "insufficientFilePermissions"}]}}
    sandbox_control.add_fault("google", "status", match="permissions", status=403, body=refusal)
    assert not client.place(LAUNCHES).is_private


def test_a_private_report_stays_out_of_a_file_that_was_opened_meanwhile(
    client: GoogleDestination, google: GoogleSandbox, sandbox_control: SandboxControl
) -> None:
    what = parcel(is_private=True)
    made = client.create(what)
    google.share(made.remote_id, "anyone", "", "reader")
    with pytest.raises(RefusedError, match="private"):
        client.fill(what, made.remote_id)
    google.share(made.remote_id, "anyone", "", None)
    client.fill(what, made.remote_id)
    assert counted(sandbox_control) == {"create": 1, "batchUpdate": 1}


def test_a_new_deck_has_luna_s_slides_and_no_empty_one(client: GoogleDestination, google: GoogleSandbox) -> None:
    requests = render_google_slides(busy_digest(), base_url="https://luna.example", key=ONE_KEY)
    sent(client, replace(parcel(PlaceKind.DECK), payload={"requests": requests}))
    [file] = google.files()
    assert file["text"].startswith("Patient self-booking, week 47")
    assert "Calendar sync, two-way" in file["text"]


def test_a_template_s_slides_stay_in_front_with_their_placeholders_replaced(google: GoogleSandbox) -> None:
    access = Access("", LUNA, google.secret(), {"template_deck": TEMPLATE})
    sent(GoogleDestination(access), parcel(PlaceKind.DECK))
    [file] = google.files()
    assert file["text"].startswith("Week 47\n16 to 23 November")
    assert "Patient self-booking, week 47" in file["text"]
    assert "{{" not in file["text"]


@pytest.mark.parametrize(
    ("template", "words"), [(PLAIN_TEMPLATE, "no placeholder {{title}}"), ("no-such-deck", "no such template")]
)
def test_a_template_that_can_t_serve_is_refused_before_anything_is_made(
    template: str, words: str, google: GoogleSandbox, sandbox_control: SandboxControl
) -> None:
    place = GoogleDestination(Access("", LUNA, google.secret(), {"template_deck": template}))
    with pytest.raises(RefusedError) as refused:
        place.create(parcel(PlaceKind.DECK))
    assert words in refused.value.sentence
    assert refused.value.kind is ErrorKind.BAD_TEMPLATE
    assert counted(sandbox_control)["create"] == 0


@pytest.mark.parametrize(
    ("folder", "kind", "words"),
    [
        ("folder-ines-drafts", ErrorKind.STORAGE_FULL, "shared drive"),
        (HANDBOOK, ErrorKind.NO_RIGHTS, "Content manager"),
        (BOARD, ErrorKind.FOLDER_UNKNOWN, "Share the folder"),
        ("folder-nowhere", ErrorKind.FOLDER_UNKNOWN, "choose another"),
        (TEMPLATE, ErrorKind.REFUSED, "a file, not a folder"),
    ],
)
def test_a_folder_that_does_not_take_it_says_what_to_do(
    folder: str, kind: ErrorKind, words: str, client: GoogleDestination, sandbox_control: SandboxControl
) -> None:
    with pytest.raises(RefusedError) as refused:
        client.create(replace(parcel(), external_id=folder))
    assert refused.value.kind == kind
    assert words in refused.value.sentence
    assert counted(sandbox_control)["create"] == 0


def _drive(reason: str, message: str = "No.") -> dict[str, Any]:
    return {"error": {"code": 403, "message": message, "errors": [{"reason": reason, "domain": "usageLimits"}]}}


def _newer(reason: str) -> dict[str, Any]:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    return {"error": {"code": 403, "message": "No.", "status": "PERMISSION_DENIED", "details": [info]}}


REFUSALS: list[tuple[int, Any, type[ProviderError], str]] = [
    (401, {"error": {"code": 401, "message": "Invalid Credentials"}}, NeedsAttentionError, "Connect again"),
    (403, _drive("accessNotConfigured"), NeedsAttentionError, "Switch on"),
    (403, _newer("SERVICE_DISABLED"), NeedsAttentionError, "Switch on"),
    (403, _drive("insufficientPermissions"), NeedsAttentionError, "Connect again"),
    (403, _newer("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), NeedsAttentionError, "Connect again"),
    (403, _drive("storageQuotaExceeded", SERVICE_ACCOUNT_FULL), RefusedError, "shared drive"),
    (
        403,
        _drive("storageQuotaExceeded", "The user's Drive is full."),
        RefusedError,
        "Make room",
    ),
    (403, _drive("rateLimitExceeded"), RetryLaterError, "slow down"),
    (403, _drive("userRateLimitExceeded"), RetryLaterError, "slow down"),
    (429, {"error": {"code": 429, "message": "Q", "status": "RESOURCE_EXHAUSTED"}}, RetryLaterError, "slow down"),
    (403, _drive("insufficientFilePermissions"), RefusedError, "Content manager"),
    (404, {"error": {"code": 404, "message": "File not found"}}, NotFoundError, "Share the folder"),
    (400, {"error": {"code": 400, "message": "Odd <b>"}}, RefusedError, "“Odd <b>”"),
    (418, "<html>teapot</html>", RefusedError, "Google refused"),
]


@pytest.mark.parametrize(("status", "body", "of", "words"), REFUSALS)
def test_every_refusal_has_a_sentence_of_its_own(
    status: int,
    body: Any,
    of: type[ProviderError],
    words: str,
    client: GoogleDestination,
    sandbox_control: SandboxControl,
) -> None:
    sandbox_control.add_fault("google", "status", match=CREATE, status=status, body=body)
    with pytest.raises(of) as refused:
        client.create(parcel())
    assert type(refused.value) is of
    assert words in refused.value.sentence
    assert counted(sandbox_control)["create"] == 0
