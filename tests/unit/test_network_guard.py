"""The guard that keeps tests off the network is itself held to its word."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.guard.sitecustomize import NetworkRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Addresses kept for documentation: nobody answers there even without the guard.
OUTSIDE = [("192.0.2.1", 80), ("198.51.100.7", 443)]


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_connection_outside_is_refused_and_noted(
    address: tuple[str, int], take_refusals: Callable[[], list[str]]
) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock,
        pytest.raises(NetworkRefusedError, match=address[0]),
    ):
        sock.connect(address)
    assert [address[0] in line for line in take_refusals()] == [True]


def test_ipv6_and_datagrams_are_refused(take_refusals: Callable[[], list[str]]) -> None:
    with (
        socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock,
        pytest.raises(NetworkRefusedError),
    ):
        sock.connect(("2001:db8::1", 80))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(NetworkRefusedError),
    ):
        sock.sendto(b"", OUTSIDE[0])
    assert len(take_refusals()) == 2


def test_names_are_not_looked_up(take_refusals: Callable[[], list[str]]) -> None:
    with pytest.raises(NetworkRefusedError, match="example"):
        socket.getaddrinfo("www.example.org", 80)
    assert len(take_refusals()) == 1


def test_the_event_loop_is_refused(take_refusals: Callable[[], list[str]]) -> None:
    with pytest.raises(NetworkRefusedError):
        asyncio.run(asyncio.open_connection(*OUTSIDE[0]))
    assert len(take_refusals()) == 1


def test_a_child_process_is_refused(take_refusals: Callable[[], list[str]]) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "NetworkRefusedError: a test reached for the network" in done.stderr
    assert len(take_refusals()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_let_through(server: tuple[str, int], host: str) -> None:
    with socket.create_connection((host, server[1]), timeout=5) as sock:
        assert sock.getpeername() == server
