from __future__ import annotations

import asyncio
from typing import Self

import httpx
import pytest
from telegram.error import NetworkError, TimedOut

from bot.lanes import Lanes
from bot.ports import UnavailableError
from bot.sender import translate


class Answers:
    """A web server that counts its connections and answers after a while."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while await reader.readuntil(b"\r\n\r\n"):
            await asyncio.sleep(self.seconds)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()

    async def __aenter__(self) -> Self:
        async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self.serve(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        self._server = await asyncio.start_server(quietly, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()


async def get(lanes: Lanes, url: str) -> tuple[int, bytes]:
    return await lanes.do_request(url, "GET")


def test_lanes_open_when_needed_and_are_used_again() -> None:
    async def main() -> None:
        lanes = Lanes(most=4)
        async with Answers(0.02) as server:
            for _ in range(3):
                assert await get(lanes, server.url) == (200, b"{}")
            assert server.connections == 1
            await asyncio.gather(*(get(lanes, server.url) for _ in range(12)))
            assert server.connections == 4
            await lanes.shutdown()
            assert await get(lanes, server.url) == (200, b"{}")  # it opens again
            await lanes.shutdown()

    asyncio.run(main())


def test_no_free_lane_means_nothing_was_sent() -> None:
    async def main() -> None:
        lanes = Lanes(most=1, lane_timeout=0.05)
        async with Answers(0.5) as server:
            first = asyncio.create_task(get(lanes, server.url))
            await asyncio.sleep(0.01)
            with pytest.raises(TimedOut) as full:
                await get(lanes, server.url)
            assert isinstance(full.value.__cause__, httpx.PoolTimeout)
            assert isinstance(translate(full.value), UnavailableError)
            await first
            await lanes.shutdown()

    asyncio.run(main())


def test_a_lane_comes_back_after_errors_and_cancellation() -> None:
    async def main() -> None:
        lanes = Lanes(most=1, lane_timeout=0.2)
        async with Answers(0.5) as server:
            with pytest.raises(NetworkError):
                await get(lanes, "http://127.0.0.1:9/")
            cut = asyncio.create_task(get(lanes, server.url))
            await asyncio.sleep(0.05)
            cut.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cut
            server.seconds = 0.0
            assert await get(lanes, server.url) == (200, b"{}")
            await lanes.shutdown()

    asyncio.run(main())
