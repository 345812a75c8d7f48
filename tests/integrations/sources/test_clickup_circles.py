"""Pages of ClickUp that have no end: refused in words, by whoever reads them on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from integrations.errors import RefusedError
from integrations.sources.clickup.reading import Place
from integrations.sources.clickup.source import ClickUpSource
from sandbox.clickup.workspace import SEARCH
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_clickup_source import READ, all_of, opened, query

AGAIN = {"id": "9hz", "name": "Again", "status": {"type": "open"}, "date_updated": "1508369194377"}


@pytest.fixture
def client(sandbox: SandboxServer, settings: LazySettings) -> Iterator[ClickUpSource]:
    with closing(opened(sandbox, settings)) as client:
        yield client


@pytest.mark.parametrize("token", ["", "live", "live.x.1", "gone.1.1", "live.1.1.1", "live.1.1..x"])
def test_a_token_of_no_page_is_refused(client: ClickUpSource, token: str) -> None:
    with pytest.raises(RefusedError):
        client.page(query(SEARCH), updated_since_ms=None, token=token)


@pytest.mark.parametrize("promise", [{}, {"last_page": False}])
def test_the_same_page_again_and_again_is_refused(
    promise: dict[str, bool], client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    body = {"tasks": [AGAIN]} | promise
    sandbox_control.add_fault("clickup", "status", match=READ, status=200, body=body, times=50)
    with pytest.raises(RefusedError, match="no end"):
        all_of(client, query(SEARCH))


def test_a_read_that_goes_on_in_another_process_meets_the_circle_too(
    sandbox: SandboxServer, settings: LazySettings, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("clickup", "status", match=READ, status=200, body={"tasks": [AGAIN]}, times=50)
    token: str | None = None
    for _ in range(2):
        with closing(opened(sandbox, settings)) as client:
            token = client.page(query(SEARCH), updated_since_ms=None, token=token).next_token
    with closing(opened(sandbox, settings)) as client, pytest.raises(RefusedError, match="no end"):
        client.page(query(SEARCH), updated_since_ms=None, token=token)


@pytest.mark.parametrize(
    ("pages", "is_refused"),
    [
        (["a b", "b a", "a b"], True),
        (["a b", "a b", "a c", "a c"], False),
        (["a b", "a b", "", "a b", "a b"], False),
        (["", "", "", ""], False),
    ],
)
def test_a_page_that_comes_twice_only_moved(pages: list[str], is_refused: bool) -> None:
    here = Place()
    end: AbstractContextManager[Any] = pytest.raises(RefusedError) if is_refused else nullcontext()
    with end:
        for number, ids in enumerate(pages):
            here = replace(Place.of(here.token), page=number).having_read(ids.split())
