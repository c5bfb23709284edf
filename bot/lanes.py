"""Connections to Telegram, each with a client of its own.

A pooled client looks at all of its connections for every request, which with sixteen of them costs
more than the request itself. Here a request takes a free lane, the one used last first; a lane is
opened when none is free, up to a limit.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
from telegram.error import TimedOut
from telegram.request import BaseRequest, HTTPXRequest

if TYPE_CHECKING:
    import ssl

    from telegram.request import RequestData

MOST_LANES = 32


class Lanes(BaseRequest):
    """The library's way to the server over single connections.

    Args:
        most: requests under way at once; further ones wait for a lane.
        read_timeout: seconds to wait for an answer; after that its outcome is unknown.
        connect_timeout: seconds to wait for a connection.
        lane_timeout: seconds to wait for a lane; after that nothing was sent.
    """

    def __init__(
        self,
        *,
        most: int = MOST_LANES,
        read_timeout: float = 20.0,
        connect_timeout: float = 10.0,
        lane_timeout: float = 30.0,
    ) -> None:
        self._room = asyncio.Semaphore(most)
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._lane_timeout = lane_timeout
        self._free: list[HTTPXRequest] = []
        self._all: list[HTTPXRequest] = []
        self._trust: ssl.SSLContext | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Do nothing yet: lanes open when they are needed."""

    async def shutdown(self) -> None:
        """Close all lanes."""
        lanes, self._all, self._free = self._all, [], []
        for lane in lanes:
            await lane.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401  (as the library has it)
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
    ) -> tuple[int, bytes]:
        """Send a request over a free lane.

        Raises:
            TimedOut: no lane came free; its cause is a ``PoolTimeout``, nothing was sent.
            NetworkError: as the library's own client raises it.
        """
        lane = await self._take()
        try:
            return await lane.do_request(
                url,
                method,
                request_data,
                read_timeout=read_timeout,
                write_timeout=write_timeout,
                connect_timeout=connect_timeout,
                pool_timeout=pool_timeout,
            )
        finally:
            self._room.release()
            self._free.append(lane)

    async def _take(self) -> HTTPXRequest:
        try:
            async with asyncio.timeout(self._lane_timeout):
                await self._room.acquire()
        except TimeoutError:
            raise TimedOut from httpx.PoolTimeout("all connections are in use")
        if self._free:
            return self._free.pop()
        if self._trust is None:
            self._trust = httpx.create_ssl_context()  # slow to make, and the same for all
        lane = HTTPXRequest(
            connection_pool_size=1,
            read_timeout=self._read_timeout,
            connect_timeout=self._connect_timeout,
            httpx_kwargs={"verify": self._trust},
        )
        self._all.append(lane)
        return lane
