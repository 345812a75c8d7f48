"""F20: calls that do not come from the tool. None may be accepted, none may write a row, each is counted."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.test import Client
from django.urls import reverse

from benchmarks.faults.figures import Bound, Figure
from integrations.domain.types import WebhookState
from integrations.models import InboundEvent, Webhook
from tests.factories import make_connection
from tests.integrations.webhooks.signed import SECRET, Call, asana_call, clickup_call, hex_of, jira_call, listen

if TYPE_CHECKING:
    from benchmarks.faults.stage import Stage

REFUSED = {401, 404, 405, 413}
_HANDSHAKE = "X-Hook-Secret"


@dataclass(frozen=True)
class Signer:
    """A tool that signs: its header, how a digest stands in it, and a true call signed with a secret."""

    provider: str
    header: str
    scheme: str
    call: Callable[[str], Call]

    def said(self, digest: str) -> dict[str, str]:
        return {self.header: f"{self.scheme}{digest}"}


def _asana(secret: str) -> Call:
    resource = {"gid": "1200000000000009", "resource_type": "task"}
    return asana_call([{"action": "changed", "resource": resource, "parent": None}], secret=secret)


SIGNERS = (
    Signer("jira_cloud", "X-Hub-Signature", "sha256=", lambda secret: jira_call("10009", secret=secret)),
    Signer("asana", "X-Hook-Signature", "", _asana),
    Signer("clickup", "X-Signature", "", lambda secret: clickup_call("86abc009", secret=secret)),
)
UNSIGNED = "jira_data_center"


@dataclass
class Tally:
    """What became of the calls."""

    forged: int = 0
    accepted: int = 0
    """Forged ones that were answered otherwise than by a refusal."""
    uncounted: int = 0
    """Forged ones at a webhook's own address that its counter does not show."""
    true: int = 0
    refused: int = 0
    """True ones that were not taken."""


def measure(_stage: Stage) -> Iterable[Figure]:
    """Every case against each tool's own way to prove where a call comes from."""
    tally, door = Tally(), Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    before = InboundEvent.objects.count()
    for signer in SIGNERS:
        _forge_signed(door, signer, tally)
    _forge_path(door, tally)
    rows = InboundEvent.objects.count() - before
    for signer in SIGNERS:
        _send_true(door, signer.provider, _spaced(signer), tally)
    _send_true(door, UNSIGNED, [Call(call.body) for call in _spaced(SIGNERS[0])], tally)
    kept = InboundEvent.objects.count() - before - rows
    yield Figure("forged calls, four tools", tally.forged, None, "calls")
    yield Figure("forged calls accepted", tally.accepted, 0, "calls")
    yield Figure("rows that they wrote", rows, 0, "rows")
    yield Figure("forged calls at a webhook that were not counted", tally.uncounted, 0, "calls")
    yield Figure("true calls refused, unusual spacing included", tally.refused, 0, "calls")
    yield Figure("true calls kept", kept, tally.true, "rows", Bound.EXACTLY)


def _forge_signed(door: Client, signer: Signer, tally: Tally) -> None:
    webhook = listen(make_connection(f"Forged {signer.provider}", provider=signer.provider))
    true = signer.call(SECRET)
    _forge(door, webhook, forged(signer).values(), tally)
    _forge_without_secret(door, signer, tally)
    _forge_address(door, webhook.path_key, true, tally)
    # Nor is a true one accepted once it is off, or while it is being registered: then a handshake alone is awaited.
    for state in (WebhookState.OFF, WebhookState.ASKED):
        Webhook.objects.filter(pk=webhook.pk).update(state=state)
        _note_forged(_post(door, webhook.path_key, true), tally)


def _forge(door: Client, webhook: Webhook, calls: Collection[Call], tally: Tally) -> None:
    """Send them to the webhook's own address, where each has to be counted."""
    for call in calls:
        _note_forged(_post(door, webhook.path_key, call), tally)
    webhook.refresh_from_db()
    tally.uncounted += abs(len(calls) - webhook.refused)


def forged(signer: Signer) -> dict[str, Call]:
    """By its name each way to sign wrongly, for a webhook that has the secret."""
    call = signer.call(SECRET)
    body, good = call.body, hex_of(call.body)
    sha1 = hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    sha512 = hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()
    respaced = json.dumps(json.loads(body), indent=2).encode()
    others = {one.header: f"{one.scheme}{good}" for one in SIGNERS if one is not signer}
    wrong_digests = {
        "empty": "",
        "zeros": "0" * 64,
        "cut short": good[:32],
        "one character less": good[:-1],
        "one character more": f"{good}0",
        "one character changed": f"{'0' if good[0] != '0' else '1'}{good[1:]}",
        "SHA-1": sha1,
        "SHA-512": sha512,
        "unkeyed SHA-256": hashlib.sha256(body).hexdigest(),
        "of an empty secret": hex_of(body, ""),
        "of another connection's secret": hex_of(body, "another secret"),
        "of an empty body": hex_of(b""),
        "not ASCII": "é" * 64,
        "the secret itself": SECRET,
        "two digests": f"{good}, {good}",
    }
    return {
        **{name: Call(body, signer.said(digest)) for name, digest in wrong_digests.items()},
        "no header": Call(body),
        "another scheme": Call(body, {signer.header: f"sha1={good}"}),
        "written otherwise": Call(respaced, call.headers),
        "a space more": Call(body + b" ", call.headers),
        "another body": Call(body.replace(b"9", b"8"), call.headers),
        "no body": Call(b"", call.headers),
        "the other tools' headers": Call(body, others),
        "a handshake": Call(body, {_HANDSHAKE: SECRET}),
        "a handshake with a signature of its own": Call(body, signer.said(hex_of(body, "x")) | {_HANDSHAKE: "x"}),
    }


def _forge_without_secret(door: Client, signer: Signer, tally: Tally) -> None:
    """No secret is stored, or another row's: then nothing verifies."""
    empty = listen(make_connection(f"Empty {signer.provider}", provider=signer.provider), secret="")
    unkeyed = signer.call("")
    _forge(door, empty, [unkeyed, Call(unkeyed.body), Call(unkeyed.body, signer.said(""))], tally)
    moved = listen(make_connection(f"Moved {signer.provider}", provider=signer.provider))
    other = listen(make_connection(f"Other {signer.provider}", provider=signer.provider))
    Webhook.objects.filter(pk=moved.pk).update(secret=other.secret)
    _forge(door, moved, [signer.call(SECRET)], tally)


def _forge_path(door: Client, tally: Tally) -> None:
    """Data Center signs nothing: only the whole address speaks."""
    webhook = listen(make_connection("Forged Data Center", provider=UNSIGNED), secret="")
    _forge_address(door, webhook.path_key, Call(jira_call("10009").body), tally)


def _forge_address(door: Client, path_key: str, call: Call, tally: Tally) -> None:
    """A true call at addresses that are not the webhook's, and by other methods."""
    swapped = path_key.swapcase()
    for wrong in ("x" * 43, path_key[:-1], f"{path_key}x", swapped, path_key[::-1], f"{path_key[:-1]}%00", "1"):
        _note_forged(_post(door, wrong, call), tally)
    url = reverse("integrations:hook", args=[path_key])
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = door.generic(method, url, call.body, content_type="application/json", headers=call.headers)
        _note_forged(answer.status_code, tally)


def _spaced(signer: Signer) -> list[Call]:
    """True calls: as the tool writes them, and as no JSON library would."""
    body = signer.call(SECRET).body
    spaced = body.replace(b'":', b'" :\t').replace(b",", b"\r\n ,  ")
    return [
        Call(one, signer.said(hex_of(one)))
        for one in (body, b"  " + spaced + b"\n\n", json.dumps(json.loads(body), indent=7).encode())
    ]


def _send_true(door: Client, provider: str, calls: list[Call], tally: Tally) -> None:
    for place, call in enumerate(calls):
        # Each at a connection of its own: a copy would be kept once.
        connection = make_connection(f"True {provider} {place}", provider=provider)
        webhook = listen(connection, secret="" if provider == UNSIGNED else SECRET)
        tally.true += 1
        tally.refused += _post(door, webhook.path_key, call) != 200


def _note_forged(status: int, tally: Tally) -> None:
    tally.forged += 1
    tally.accepted += status not in REFUSED


def _post(door: Client, path_key: str, call: Call) -> int:
    url = reverse("integrations:hook", args=["x"]).replace("x/", f"{path_key}/")
    return door.post(url, call.body, content_type="application/json", headers=call.headers).status_code
