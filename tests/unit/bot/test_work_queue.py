"""So many at once, so many waiting, the rest told at once."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from bot.work_queue import OverloadedError, WorkQueue


def test_it_takes_as_many_as_it_has_room_for_and_all_of_those_are_served() -> None:
    async def main() -> None:
        queue, go_on = WorkQueue(at_once=2, waiting=3), threading.Event()
        inside = [asyncio.create_task(queue.do(lambda: go_on.wait(10))) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await queue.do(lambda: pytest.fail("there is no room"))
        go_on.set()
        assert await asyncio.gather(*inside) == [True] * 5
        assert await queue.do(lambda: "room again") == "room again"
        queue.close()

    asyncio.run(main())


def test_an_error_reaches_who_asked_and_frees_the_place() -> None:
    async def main() -> None:
        queue = WorkQueue(at_once=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await queue.do(lambda: 1 // 0)
        queue.close()

    asyncio.run(main())


def test_closing_finishes_what_is_waiting() -> None:
    async def main() -> None:
        queue, done = WorkQueue(at_once=1, waiting=9), list[int]()
        tasks = [asyncio.create_task(queue.do(partial(done.append, n))) for n in range(10)]
        await asyncio.sleep(0)
        await asyncio.to_thread(queue.close)
        assert done == list(range(10))
        await asyncio.gather(*tasks)

    asyncio.run(main())
