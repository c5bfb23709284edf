"""Two workers over PostgreSQL, Chroma and a webhook: one is killed at work, and all are served."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from itertools import count
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import text

from bot.digest_stores import Stores, create
from bot.model import Place
from bot.subscriptions import Subscription
from index.sql import open_engine
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.workers import PATIENCE, SECRET, TOKEN, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from tests.fakes.workers import Site, Worker

QUESTION = "what did Russia say about peacekeepers?"
ASKERS = range(1001, 1013)
READERS = range(3001, 3031)
AGAIN = "You may have this already"
ANSWER, DIGEST = "peacekeep", "what you missed"
_TEN_THOUSANDS = count(10_000, 10_000)
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def engine(servers: Site) -> Iterator[Engine]:
    opened = open_engine(servers.database)
    create(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram(token=TOKEN, bot_username="briefing_test_bot", limits=None) as server:
        # Telegram counts on; the servers remember the updates of the tests before.
        server.backend.updates._next_id = next(_TEN_THOUSANDS)
        yield server


def until(done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline, f"not within {patience} s: {what}"
        time.sleep(0.05)


def ready(*workers: Worker) -> None:
    until(lambda: all(one.is_running for one in workers), "workers run")


def received(
    telegram: FakeTelegram, chats: range, words: str, *, unmarked: bool = False
) -> Counter[int]:
    """Count by chat the messages with these words, all or those not marked as second copies."""
    return Counter(
        one.chat_id or 0
        for one in telegram.log
        if one.chat_id in chats
        and one.method == "sendMessage"
        and words in (one.text or "").casefold()
        and not (unmarked and AGAIN in (one.text or ""))
    )


def test_questions_and_digests_are_served_once_though_a_worker_is_killed(
    servers: Site, engine: Engine, telegram: FakeTelegram
) -> None:
    for chat in (*ASKERS, *READERS):
        telegram.private(chat)
    with servers.staffed(telegram.url) as (one, other):
        ready(one, other)
        yesterday = datetime.now(UTC) - timedelta(days=1)
        for chat in READERS:
            wanted = Subscription(zone="UTC", times=(day_time(yesterday.hour, yesterday.minute),))
            Stores.over(engine).subscribers.subscribe(
                Place(chat_id=chat), wanted, now=yesterday - timedelta(days=1), head=0
            )
        for chat in ASKERS:
            telegram.user_says(chat, QUESTION)
        until(lambda: bool(received(telegram, ASKERS, ANSWER)), "the first answer")
        one.kill()
        until(lambda: len(received(telegram, ASKERS, ANSWER)) == len(ASKERS), "all are answered")
        until(lambda: bool(received(telegram, READERS, DIGEST)), "the first digest")
        one.start()
        other.kill()
        other.start()
        until(lambda: _sent(engine) == len(READERS), "every delivery is sent")
        ready(one, other)
        assert one.stop() == other.stop() == 0
        for worker in (one, other):
            assert TOKEN not in worker.log
            assert SECRET not in worker.log
            assert "Traceback" not in worker.log
    telegram.assert_clean()
    for chats, words in ((ASKERS, ANSWER), (READERS, DIGEST)):
        assert received(telegram, chats, words).keys() == set(chats)
        assert set(received(telegram, chats, words, unmarked=True).values()) <= {1}


def _sent(engine: Engine) -> int:
    """Count deliveries that are sent, once none is on its way."""
    with engine.connect() as connection:
        query = "SELECT state, count(*) AS n FROM deliveries GROUP BY state"
        counts = {row.state: row.n for row in connection.execute(text(query))}
    return counts.get("sent", 0) if counts.keys() <= {"sent"} else 0


def test_a_wrong_secret_and_what_is_no_update_are_refused(
    servers: Site, telegram: FakeTelegram
) -> None:
    with servers.staffed(telegram.url, workers=1) as (worker,):
        ready(worker)
        url = f"http://127.0.0.1:{worker.port}/hook"
        right = {HEADER: SECRET}

        def status(content: bytes, headers: dict[str, str]) -> int:
            return httpx.post(url, content=content, headers=headers).status_code

        assert status(b"{}", {}) == 403
        assert status(b"{}", {HEADER: SECRET[:-1]}) == 403
        assert status(b"{", right) == 400
        assert status(b"[1]", right) == 400
        assert status(b'{"update_id": "7"}', right) == 400
        assert status(b" " * 2_000_000, right) == 413
        assert status(b'{"update_id": 900001, "message": 5}', right) == 200  # logged and left
        assert "update 900001 can't be read" in worker.log
        assert httpx.get(url, headers=right).status_code == 405
        assert worker.stop() == 0
        assert SECRET not in worker.log


def test_servers_may_go_and_come_back(servers: Site, telegram: FakeTelegram) -> None:
    """Nobody restarts the worker: people are told to wait, and what waits is served."""
    chat = telegram.private(5001)
    with servers.staffed(telegram.url, workers=1) as (worker,):
        ready(worker)
        telegram.user_says(chat, QUESTION)
        telegram.wait_for(chat_id=chat, contains="eacekeep", timeout=PATIENCE)

        servers.chroma.die()
        telegram.user_says(chat, "which drones struck Odesa?")
        sorry = telegram.wait_for(chat_id=chat, contains="try again in a moment", timeout=PATIENCE)
        assert "Reference" not in (sorry.text or "")
        assert f"the Chroma server at {servers.chroma.url}" in worker.log
        servers.restart_chroma()
        telegram.user_says(chat, QUESTION)
        telegram.wait_for(chat_id=chat, contains="eacekeep", after=sorry.seq, timeout=PATIENCE)

        seen = telegram.log[-1].seq
        with servers.without_database():
            telegram.user_says(chat, QUESTION)
            until(lambda: "waits: the database" in worker.log, "the update waits")
        telegram.wait_for(chat_id=chat, contains="eacekeep", after=seen, timeout=PATIENCE)
        until(lambda: worker.log.count("this worker leads") > 1, "it leads again")
        assert worker.stop() == 0
    telegram.assert_clean()
    assert worker.log.count("Traceback") == 0
