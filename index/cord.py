"""An end for every connection, whatever its other end is doing."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self


class Cord:
    """Cuts a connection when its time is over, between its beginning and its end.

    The client's own timeout begins anew with every byte. As the client's tracer this learns which
    socket to shut down.
    """

    def __init__(self, seconds: float) -> None:
        self.is_cut = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(seconds, 0), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._socket is not None:
            self._socket.close()

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of what the client says it does."""
        if event == "connection.connect_tcp.complete":
            # A copy: encryption takes the client's own apart.
            self._socket = info["return_value"].get_extra_info("socket").dup()
            if self.is_cut:
                self._cut()

    def _cut(self) -> None:
        self.is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
