"""Two workers over PostgreSQL, Chroma and a webhook, one killed every few seconds: who is served?

    python -m benchmarks.workers [--questions 1000] [--deliveries 1000] [--every 10]

Every chat asks one question or has one digest due. Workers are killed in turn and started again at
once, until everybody was served. The judge is the log of the strict fake server.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bot.digest_stores import Stores, create
from bot.model import Place
from bot.subscriptions import Subscription
from index.sql import open_engine
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.workers import TOKEN, site

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.fakes.workers import Site

QUESTION = "what did Russia say about peacekeepers?"
AGAIN = "You may have this already"
FIRST_ASKER, FIRST_READER = 100_000, 200_000
PATIENCE = 540.0


def main() -> None:
    """Run once and print what became of everybody."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two kills")
    options = parser.parse_args()
    askers = range(FIRST_ASKER, FIRST_ASKER + options.questions)
    readers = range(FIRST_READER, FIRST_READER + options.deliveries)
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeTelegram(token=TOKEN, bot_username="briefing_test_bot") as telegram,
        site(Path(folder)) as servers,
    ):
        for chat in (*askers, *readers):
            telegram.private(chat)
        print(json.dumps(_run(servers, telegram, askers, readers, options.every), indent=2))


def _run(
    servers: Site, telegram: FakeTelegram, askers: range, readers: range, every: float
) -> dict[str, Any]:
    engine = open_engine(servers.database)
    create(engine)
    kills = 0
    with servers.staffed(telegram.url) as workers:
        while not all(worker.is_running for worker in workers):
            time.sleep(0.1)
        begun = time.monotonic()
        _subscribe(engine, readers)
        for chat in askers:
            telegram.user_says(chat, QUESTION)
        next_kill = begun + every
        while not _is_done(engine, telegram, askers, readers):
            if time.monotonic() > begun + PATIENCE:
                break
            if time.monotonic() >= next_kill:
                worker = workers[kills % len(workers)]
                worker.kill()
                worker.start()
                kills, next_kill = kills + 1, time.monotonic() + every
            time.sleep(0.5)
        seconds = time.monotonic() - begun
    engine.dispose()
    return {
        "seconds": round(seconds, 1),
        "kills": kills,
        "questions": _judged(telegram, askers, "peacekeep"),
        "deliveries": _judged(telegram, readers, "what you missed"),
        "refused_429": sum(call.status == 429 for call in telegram.calls),
        "violations": len(telegram.violations),
    }


def _subscribe(engine: Engine, readers: range) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    wanted = Subscription(zone="UTC", times=(day_time(yesterday.hour, yesterday.minute),))
    subscribers = Stores.over(engine).subscribers
    for chat in readers:
        subscribers.subscribe(
            Place(chat_id=chat), wanted, now=yesterday - timedelta(days=1), head=0
        )


def _is_done(engine: Engine, telegram: FakeTelegram, askers: range, readers: range) -> bool:
    if _judged(telegram, askers, "peacekeep")["served"] < len(askers):
        return False
    with engine.connect() as connection:
        query = "SELECT count(*) FROM deliveries WHERE state = 'sent'"
        sent: int = connection.scalar(text(query)) or 0
    return sent == len(readers)


def _judged(telegram: FakeTelegram, chats: range, words: str) -> dict[str, int]:
    """Count chats that were served, and messages they had a second time, marked so or not."""
    found = [
        one
        for one in telegram.log
        if one.chat_id in chats
        and one.method == "sendMessage"
        and words in (one.text or "").casefold()
    ]
    every = Counter(one.chat_id for one in found)
    unmarked = Counter(one.chat_id for one in found if AGAIN not in (one.text or ""))
    return {
        "asked": len(chats),
        "served": len(every),
        "second_copies": sum(every.values()) - len(every),
        "unmarked_second_copies": sum(unmarked.values()) - len(unmarked),
    }


if __name__ == "__main__":
    main()
