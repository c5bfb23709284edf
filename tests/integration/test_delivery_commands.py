"""What operators ask about digests: from the command line, and in Telegram."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot import conversation_store
from bot.delivery_status import DeliveryStatus
from bot.gate import Gate
from bot.model import Place
from bot.polling import build_application, connected, polling
from bot.ports import BlockedError, RejectedError, UnknownOutcomeError
from bot.sender import PacedChannel
from bot.subscription_render import SubscriptionWords
from bot.telegram import TelegramChat
from bot.texts import load_texts
from bot.work_queue import WorkQueue
from index import lock
from index.sql import open_engine
from tests.fakes.channel import KYIV_MORNING, DigestBench, Fate, day_report
from tests.fakes.chat import Bench, SetClock
from tests.fakes.command_line import run, served_by
from tests.fakes.embedder import WordEmbedder
from tests.fakes.libraries import SAMPLES
from tests.fakes.telegram import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.subscriptions import Subscription

TOKEN: Final = "77:TEST-token-that-nobody-may-read"
SLOT: Final = datetime(2025, 4, 10, 4, 30, tzinfo=UTC)
EARLIER: Final = datetime(2025, 4, 10, 4, 0, tzinfo=UTC)
OPERATOR, SOMEBODY = 1001, 1002


@pytest.fixture(autouse=True, scope="module")
def _cheap_model() -> Iterator[None]:
    yield from served_by(WordEmbedder())


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("samples") / "data"
    assert run("ingest", "--data", str(data), str(SAMPLES)).code == 0
    return data


@pytest.fixture
def data(samples: Path, tmp_path: Path) -> Path:
    return shutil.copytree(samples, tmp_path / "data")


def bench_in(data: Path) -> DigestBench:
    return DigestBench(open_engine(f"sqlite:///{data / 'briefing.sqlite'}"))


def subscribe(data: Path, wanted: Subscription = KYIV_MORNING, **place: int) -> None:
    bench = bench_in(data)
    bench.stores.subscribers.subscribe(
        Place(chat_id=7, **place),
        wanted,
        now=EARLIER,
        head=0,
    )
    bench.engine.dispose()


def troubled(data: Path) -> DigestBench:
    """One delivery sent, one refused, one in doubt, one chat gone."""
    bench = bench_in(data)
    for chat_id in (1, 2, 3, 4):
        bench.subscribe(chat_id)
    bench.add(day_report(date(2025, 4, 9), "Grain exports rose."))
    bench.channel.fate_of = {
        2: Fate(error=RejectedError("can't parse"), accepted=False),
        3: Fate(error=UnknownOutcomeError("the connection broke")),
        4: Fate(error=BlockedError("blocked by the user"), accepted=False),
    }
    bench.clock.moment = SLOT
    asyncio.run(bench.tick())
    return bench


def preview(data: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = run(
        "digest", "--json", "--data", str(data), *(more or ("--for", "7"))
    ).document
    return found


def test_the_preview_is_what_would_come_and_changes_nothing(data: Path) -> None:
    subscribe(data)
    before = (run("deliveries", "--json", "--data", str(data)).out, bench_in(data).stores)
    held = lock.hold(data, "run")  # as a running bot has it
    found = preview(data)
    held.release()
    (edition,) = found["editions"]
    assert (found["chat"], edition["comes"], edition["ended"]) == ("7", True, None)
    day = run("digest", "--json", "--data", str(data), "--date", "2025-04-14").document
    newest = {one["id"]: one for one in day["reports"]}
    first = edition["reports"][0]
    assert [one["text"] for one in first["takeaways"]] == [
        one["text"] for one in newest[first["id"]]["takeaways"]
    ]
    assert first["takeaways"][0]["text"] in "".join(edition["messages"])
    assert run("deliveries", "--json", "--data", str(data)).out == before[0]
    assert before[1].subscribers.of_chat(7)[0].standing.first


def test_a_preview_says_which_topic_a_takeaway_was_kept_for(data: Path) -> None:
    subscribe(data, replace(KYIV_MORNING, topics=("peacekeepers",)))
    (edition,) = preview(data)["editions"]
    kept = [one for report in edition["reports"] for one in report["takeaways"]]
    assert kept
    assert all(one["topics"][0]["topic"] == "peacekeepers" for one in kept)
    assert any(
        one["topics"][0]["by"] == "words" and "peacekeep" in one["text"].lower() for one in kept
    )


def test_a_preview_for_people_and_for_one_topic_of_a_group(data: Path) -> None:
    subscribe(data)
    subscribe(data, thread_id=5)
    said = run("digest", "--data", str(data), "--for", "7").out
    assert said.count("What you missed since 10 Apr 2025") == 2
    said = run("digest", "--data", str(data), "--for", "7:5").out
    assert "in topic 5" in said
    assert said.count("What you missed since 10 Apr 2025") == 1
    assert [one["thread"] for one in preview(data)["editions"]] == [None, "5"]


@pytest.mark.parametrize(
    ("chat", "code", "said"),
    [
        ("99", 1, "chat 99 has no subscription"),
        ("abc", 2, "'abc' is no chat"),
        ("7:x", 2, "'7:x' is no chat"),
        ("9" * 30, 2, "is no chat"),
        ("-100123", 1, "chat -100123 has no subscription"),
    ],
)
def test_a_chat_that_is_none_is_named(data: Path, chat: str, code: int, said: str) -> None:
    ran = run("digest", "--data", str(data), "--for", chat)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_a_day_and_a_chat_are_two_questions(data: Path) -> None:
    assert run("digest", "--data", str(data)).code == 2
    both = run("digest", "--data", str(data), "--for", "7", "--date", "2025-04-14")
    assert both.code == 2


def test_deliveries_are_counted_aged_and_explained(tmp_path: Path) -> None:
    troubled(tmp_path).engine.dispose()
    found = run("deliveries", "--json", "--data", str(tmp_path)).document
    counts = {state: n for state, n in found["states"].items() if n}
    assert counts == {"sent": 1, "failed": 1, "unknown": 1, "skipped": 1}
    assert found["oldest"].keys() == {"unknown"}
    assert found["oldest"]["unknown"]["slot"] == "2025-04-10T04:30:00+00:00"
    assert found["oldest"]["unknown"]["age_seconds"] > 86_400
    assert found["errors"] == [
        {"state": "failed", "reason": "can't parse", "count": 1},
        {"state": "unknown", "reason": "the connection broke", "count": 1},
    ]
    assert found["subscriptions"] == {"active": 3, "ended": {"blocked by the user": 1}}
    unknown, failed = found["deliveries"]
    assert (unknown["chat"], unknown["state"]) == ("3", "unknown")
    assert unknown["next_try"] == "2025-04-10T04:31:00+00:00"
    assert (failed["chat"], failed["next_try"]) == ("2", None)


def test_deliveries_of_a_chat_or_a_state_alone(tmp_path: Path) -> None:
    troubled(tmp_path).engine.dispose()

    def listed(*more: str) -> list[tuple[str, str]]:
        found = run("deliveries", "--json", "--data", str(tmp_path), *more).document
        return [(one["chat"], one["state"]) for one in found["deliveries"]]

    assert listed("--chat", "1") == [("1", "sent")]
    assert listed("--state", "skipped") == [("4", "skipped")]
    assert listed("--top", "1") == [("3", "unknown")]
    said = run("deliveries", "--data", str(tmp_path)).out
    assert "unknown: 1, the oldest for" in said
    assert "failed, 1: can't parse" in said
    assert run("deliveries", "--data", str(tmp_path), "--state", "lost").code == 2


def test_an_operator_asks_the_bot_how_digests_stand(tmp_path: Path) -> None:
    digests = troubled(tmp_path)
    conversation_store.create(digests.engine)
    chats = Bench(digests.engine, clock=SetClock(digests.clock.moment))
    about = SubscriptionWords(load_texts())
    status = DeliveryStatus(digests.stores.deliveries, about, digests.clock, [OPERATOR])
    dialogue = chats.chat.dialogue((*digests.commands.commands, status.command))

    async def main(server: FakeTelegram) -> list[str]:
        application = build_application(TOKEN, server.url)
        channel = PacedChannel(application.bot, Gate(None))
        chat = TelegramChat(
            dialogue,
            channel,
            chats.store,
            chats.clock,
            chats.texts,
            WorkQueue(at_once=2, waiting=9),
        )
        async with connected(application, chat), polling(application):
            return [
                await asyncio.to_thread(asked, server, server.private(person))
                for person in (OPERATOR, SOMEBODY)
            ]

    def asked(server: FakeTelegram, chat_id: int) -> str:
        server.user_says(chat_id, "/status")
        return server.wait_for(method="sendMessage", chat_id=chat_id).text or ""

    with FakeTelegram(token=TOKEN, limits=None) as server:
        told, refused = asyncio.run(main(server))
        server.assert_clean()
        menu = json.dumps([call.params for call in server.calls if "Commands" in call.method])
    assert "sent: 1" in told
    assert "failed, 1: can't parse" in told
    assert refused.startswith("Only the bot")
    assert "can't parse" not in refused
    assert "digest" in menu
    assert "status" not in menu
    digests.engine.dispose()
