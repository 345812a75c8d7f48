"""The tests' own servers and walls."""

from __future__ import annotations

import socket

import pytest


def test_a_socket_that_leaves_the_machine_is_refused() -> None:
    with socket.socket() as outgoing, pytest.raises(AssertionError, match="only loopback is open"):
        outgoing.connect(("192.0.2.1", 80))
