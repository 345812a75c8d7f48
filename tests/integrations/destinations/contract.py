"""What every place that reports go to has to do; a provider's test derives from it and drives its stand-in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.errors import (
    AmbiguousError,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
    RetryLaterError,
)

if TYPE_CHECKING:
    from integrations.destinations.base import DestinationClient, Parcel, Sent
    from sandbox.control import SandboxControl
    from tests.moving_clock import MovingClock


class DestinationContract(ABC):
    """Fixtures `client`, `refused_client` and `parcel` come from the provider's own test class."""

    face = ""
    create_call = ""
    """A regular expression that finds the creating call, as are the others."""
    look_up_call = ""

    @abstractmethod
    def arrived(self, control: SandboxControl) -> int:
        """How many were ever made, by the ledger."""

    def send(self, client: DestinationClient, parcel: Parcel) -> Sent:
        """Made and filled."""
        made = client.create(parcel)
        return made if made.is_whole else client.fill(parcel, made.remote_id)

    def test_a_check_goes_through_its_steps(self, client: DestinationClient) -> None:
        report = client.check()
        assert report.error is None
        assert report.info is not None
        assert {step.outcome for step in report.steps} == {"ok"}

    def test_a_refused_sign_in_is_reported_not_raised(self, refused_client: DestinationClient) -> None:
        report = refused_client.check()
        assert isinstance(report.error, NeedsAttentionError)
        assert [step.outcome for step in report.steps].count("bad") == 1

    def test_places_are_told_as_they_are_now(self, client: DestinationClient, parcel: Parcel) -> None:
        found = {place.choice_id: place for place in client.places()}
        assert len(found) == len(client.places())
        here = client.place(parcel.external_id, parcel.kind)
        assert found[here.choice_id].name == here.name
        assert here.can_post
        assert not here.trouble
        with pytest.raises(NotFoundError) as unknown:
            client.place("nowhere-404", parcel.kind)
        assert unknown.value.sentence

    def test_it_arrives_once_and_is_found_by_its_key(
        self, client: DestinationClient, parcel: Parcel, sandbox_control: SandboxControl, clock: MovingClock
    ) -> None:
        began = clock.now()
        assert client.find(parcel, since=began) is None
        sent = self.send(client, parcel)
        assert sent.url.startswith("http")
        assert self.arrived(sandbox_control) == 1
        found = client.find(parcel, since=began)
        assert found is not None
        assert (found.remote_id, found.url) == (sent.remote_id, sent.url)
        assert client.find(replace(parcel, key="another", series="another"), since=began) is None

    def test_filling_again_changes_nothing(
        self, client: DestinationClient, parcel: Parcel, sandbox_control: SandboxControl
    ) -> None:
        sent = self.send(client, parcel)
        before = len(sandbox_control.ledger())
        assert client.fill(parcel, sent.remote_id).remote_id == sent.remote_id
        assert len(sandbox_control.ledger()) == before

    @pytest.mark.parametrize(
        ("kind", "arrived"), [("reset_before", 0), ("reset_after", 1), ("timeout_after", 1), ("html", 0), ("cut", 1)]
    )
    def test_an_unclear_end_is_ambiguous_and_the_look_up_knows(
        self,
        kind: str,
        arrived: int,
        client: DestinationClient,
        parcel: Parcel,
        sandbox_control: SandboxControl,
        clock: MovingClock,
    ) -> None:
        began = clock.now()
        sandbox_control.add_fault(self.face, kind, match=self.create_call, seconds=3, count_bytes=10)
        with pytest.raises(AmbiguousError):
            client.create(parcel)
        assert self.arrived(sandbox_control) == arrived
        assert (client.find(parcel, since=began) is not None) == bool(arrived)

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_a_server_error_while_creating_is_ambiguous(
        self, status: int, client: DestinationClient, parcel: Parcel, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault(self.face, "status", match=self.create_call, status=status)
        with pytest.raises(AmbiguousError):
            client.create(parcel)

    def test_the_creating_call_is_made_once(
        self, client: DestinationClient, parcel: Parcel, sandbox_control: SandboxControl
    ) -> None:
        sandbox_control.add_fault(self.face, "reset_after", match=self.create_call, times=5)
        with pytest.raises(AmbiguousError):
            client.create(parcel)
        assert self.arrived(sandbox_control) == 1
        assert sandbox_control.faults()[0]["times"] == 4

    @pytest.mark.parametrize(("headers", "seconds"), [({"Retry-After": "37"}, 37), ({}, 60)])
    def test_being_slowed_down_is_clear_and_says_until_when(
        self,
        headers: dict[str, str],
        seconds: int,
        client: DestinationClient,
        parcel: Parcel,
        sandbox_control: SandboxControl,
        clock: MovingClock,
    ) -> None:
        sandbox_control.add_fault(
            self.face, "status", match=self.create_call, status=429, headers=headers, body=self.slow_down
        )
        with pytest.raises(RetryLaterError) as later:
            client.create(parcel)
        assert later.value.until is not None
        assert timedelta(0) < later.value.until - clock.now() <= timedelta(seconds=seconds)
        assert self.arrived(sandbox_control) == 0

    slow_down: object = None
    """The body of a refusal that asks to wait."""

    def test_a_place_that_is_not_there_is_refused_in_words(
        self, client: DestinationClient, parcel: Parcel, sandbox_control: SandboxControl
    ) -> None:
        with pytest.raises(RefusedError) as refused:
            client.create(replace(parcel, external_id="nowhere-404"))
        assert "choose another" in refused.value.sentence
        assert self.arrived(sandbox_control) == 0

    def test_a_look_up_that_fails_on_the_way_is_made_later(
        self, client: DestinationClient, parcel: Parcel, sandbox_control: SandboxControl, clock: MovingClock
    ) -> None:
        sandbox_control.add_fault(self.face, "reset_before", match=self.look_up_call)
        with pytest.raises(RetryLaterError):
            client.find(parcel, since=clock.now())

    def test_no_error_shows_a_secret(self, refused_client: DestinationClient, parcel: Parcel) -> None:
        with pytest.raises(ProviderError) as refused:
            refused_client.create(parcel)
        said = f"{refused.value!r} {refused.value.sentence} {refused.value.detail}"
        assert not any(word in said for word in ("xoxb-", "PRIVATE KEY", "ya29.", "1//"))
