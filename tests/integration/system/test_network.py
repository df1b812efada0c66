"""Asking real ports on this machine."""

from __future__ import annotations

import socket
import time

from testkeep.system.network import refusals


def test_refusals__one_listens_and_one_does_not__names_the_one_that_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        listening, closed = server.getsockname(), holder.getsockname()

        assert refusals([listening, closed]) == {closed: "refuses connections"}


def test_refusals__names_that_are_no_hosts__are_said_in_time() -> None:
    began = time.monotonic()

    found = refusals([("host.invalid", 5432), ("x" * 300, 1), ("", 1)])

    assert {("host.invalid", 5432), ("x" * 300, 1)} <= found.keys()
    assert all(found.values())
    assert time.monotonic() - began < 10


def test_refusals__nothing_asked__answers_nothing() -> None:
    assert refusals([]) == {}
