"""Refuse every connection but loopback, in this process and in the Python processes it starts.

An audit hook sees each connection, datagram and name look-up that goes through Python's sockets.
Python runs a module of this name by itself when a process starts, so children that keep the
environment refuse too. Connections made by compiled libraries of their own are not seen.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Final

LOG_VARIABLE: Final = "BRIEFING_TEST_REFUSED"
"""Names the file that takes a line for every refusal, of this process and its children."""

_CONNECTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKUPS: Final = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
)
_LOCAL_NAMES: Final = frozenset({"", "localhost"})


class NetworkRefusedError(RuntimeError):
    """A test reached for the network.

    No OSError, so that code which survives a lost connection doesn't survive this one.
    """


def install(log: Path) -> None:
    """Refuse from here on; each refusal also adds a line to ``log``. It can't be taken back."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in _CONNECTS:
            sock, address = arguments
            inside = not isinstance(sock, socket.socket) or _stays(sock.family, address)
        elif event in _LOOKUPS:
            address = arguments[0]
            inside = _is_known(address[0] if isinstance(address, tuple) else address)
        else:
            return
        if not inside:
            _refuse(log, event, address)

    sys.addaudithook(watch)


def _stays(family: int, address: object) -> bool:
    """Whether a connection stays on this machine; an address of None is a connected socket's."""
    if family not in (socket.AF_INET, socket.AF_INET6) or address is None:
        return True
    host = address[0] if isinstance(address, tuple) else address
    if host in _LOCAL_NAMES:
        return True
    number = _number(host)
    mapped = getattr(number, "ipv4_mapped", None)
    return number is not None and (mapped or number).is_loopback


def _is_known(host: object) -> bool:
    """Whether looking a host up asks nobody: no host, this one, or an address already."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host is None or host in _LOCAL_NAMES or _number(host) is not None


def _number(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return None


def _refuse(log: Path, event: str, address: object) -> None:
    line = f"{event} {address!r}"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{line} in process {os.getpid()}\n")
    raise NetworkRefusedError(
        f"a test reached for the network: {line}. Tests may use loopback only: start a server on "
        "127.0.0.1, or pass a fake."
    )


if __name__ == "sitecustomize" and LOG_VARIABLE in os.environ:
    install(Path(os.environ[LOG_VARIABLE]))
