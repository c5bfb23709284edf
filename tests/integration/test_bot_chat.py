"""Dialogues in Telegram: the real application and channel against the strict fake server."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self

import pytest

from bot.conversation_store import create
from bot.gate import Gate
from bot.markup import text_of
from bot.polling import build_application, connected, polling
from bot.redaction import HideSecret
from bot.sender import PacedChannel
from bot.service import ConversationSettings
from bot.telegram import TelegramChat
from bot.work_queue import WorkQueue
from index.errors import SettingsError
from index.sql import open_engine
from tests.fakes.chat import PEACEKEEPERS, Bench
from tests.fakes.reports import FakeReports
from tests.fakes.telegram.server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from index.model import Answer, ReportSummary
    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.records import Accepted

TOKEN = "77:TEST-token-that-nobody-may-read"
MakeBench = Callable[..., Bench]
ALICE, BOB = 1001, 1002
TARGET = "Which peacekeepers become a legitimate target for Antonov?"
QUIET_SECONDS = 0.4


class RunningBot:
    """The bot on a thread of its own, as its process runs it."""

    def __init__(self, url: str, bench: Bench, token: str = TOKEN, waiting: int = 100) -> None:
        self._url = url
        self._waiting = waiting
        self._bench = bench
        self._token = token
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None

    async def _run(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        bench = self._bench
        application = build_application(self._token, self._url)
        chat = TelegramChat(
            bench.dialogue,
            PacedChannel(application.bot, Gate(None)),
            bench.store,
            bench.clock,
            bench.texts,
            WorkQueue(at_once=2, waiting=self._waiting),
            migrated=[bench.store.move_chat],
            sleep=lambda _: asyncio.sleep(0),
        )
        try:
            async with connected(application, chat), polling(application):
                self._ready.set()
                await self._end.wait()
        except SettingsError as error:
            self._failure = error
        finally:
            self._ready.set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        if self._failure is not None:
            self._thread.join(10)
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(token=TOKEN, limits=None) as server:
        server.private(ALICE, first_name="Alice")
        server.private(BOB, first_name="Bob")
        yield server
        server.assert_clean()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything logged, at the most talkative level, through the filter the bot is run with."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(HideSecret(TOKEN))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MakeBench]:
    """Make the bot's parts over one database, which outlives the bots of a test."""
    engine = open_engine(f"sqlite:///{tmp_path / 'chat.sqlite'}")
    create(engine)
    yield partial(Bench, engine=engine)
    engine.dispose()


@contextmanager
def running(server: FakeTelegram, bench: Bench) -> Iterator[Bench]:
    with RunningBot(server.url, bench):
        yield bench


def ask(server: FakeTelegram, chat_id: int, text: str, **how: int) -> Accepted:
    """Write and wait for the next message in that chat."""
    after = len(server.log) - 1
    server.user_says(chat_id, text, **how)  # type: ignore[arg-type]
    return server.wait_for(method="sendMessage", chat_id=chat_id, after=after)


def press(server: FakeTelegram, message: Accepted, label: str, **how: int) -> str:
    """Press a button and wait until it stops spinning."""
    query = server.press(message, label=label, **how)  # type: ignore[arg-type]
    eventually(lambda: query in server.callback_answers)
    return query


def eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.01)


def silence(server: FakeTelegram, before: int) -> None:
    """Wait until everything said was heard, and see that nothing was answered."""
    sentinel = 9999
    ask(server, sentinel, "/help")
    time.sleep(QUIET_SECONDS)
    assert {record.chat_id for record in server.log[before:]} == {sentinel}


def labels(record: Accepted) -> list[object]:
    return [button["text"] for button in record.buttons()]


def toast(server: FakeTelegram, query: str) -> JsonObject:
    return server.callback_answers[query]


def test_a_question_its_footnotes_its_context_and_back(
    server: FakeTelegram, bench: MakeBench
) -> None:
    with running(server, bench()):
        answer = ask(server, ALICE, TARGET)
        assert answer.text is not None
        assert answer.text.startswith("1. Viktor Antonov (Russia) · claimed\nAntonov claimed")
        assert {"blockquote", "text_link", "bold"} <= {e["type"] for e in answer.entities}
        assert labels(answer)[:2] == ["Footnotes", "Context"]
        (source,) = [one for one in answer.buttons() if one["text"] == "Open source"]
        assert source["url"] == "https://harbour.example/assessments/2025-04-09"
        eventually(lambda: (ALICE, "typing", None) in server.chat_actions)
        assert answer.message_id is not None

        press(server, answer, "Footnotes")
        shown = server.text_of(ALICE, answer.message_id)
        assert "[7] This copy of the report has no endnote 7." in shown
        assert "https://ministry.example/briefing-0904" in shown
        press(server, answer, "Answer")
        assert server.text_of(ALICE, answer.message_id) == answer.text
        press(server, answer, "Context")
        assert server.text_of(ALICE, answer.message_id).startswith("Context of quote 1")
        press(server, answer, "2")
        assert server.text_of(ALICE, answer.message_id).startswith("Context of quote 2")
        press(server, answer, "· 2 ·")  # nothing changes, and that is no error
        press(server, answer, "Footnotes")
        assert len(server.sent(ALICE, "sendMessage")) == 1
        assert all(
            answer == {} or not answer.get("text") for answer in server.callback_answers.values()
        )
        assert server.unanswered() == []


def test_every_command(server: FakeTelegram, bench: MakeBench) -> None:
    with running(server, bench()) as parts:
        menu = [command["command"] for command in next(iter(server.commands.values()))]  # type: ignore[index]
        assert menu == [name for name, _ in parts.dialogue.menu]
        for text, reply in [
            ("/start", "I answer questions"),
            ("/help", "sources of the last answer"),
            ("/footnotes", "There is no answer here yet"),
            ("/ask", "Write your question"),
            (f"/ask {PEACEKEEPERS}", "Viktor Antonov (Russia) · said"),
            ("/ask@briefing_test_bot how do chickens sing?", "I looked through 4 reports"),
            ("/context", "no quotes"),
            ("/latest", "Evening assessment, April 9, 2025"),
            ("/sources", "Harbour Institute for Security Studies: 2 reports"),
            ("/frobnicate <b>", "know /frobnicate."),
            ("/forget", "is erased"),
            ("?!", "I need a question in words"),
            ("x" * 1500, "That is 1500 characters"),
            ("Що\u202e\u0000\u200b там? 👩‍👩‍👧", "I looked through 4 reports"),
            ("<b>peacekeepers</b> & <script> mandate", "Halyna Bondar"),
        ]:
            assert reply in (ask(server, ALICE, text).text or ""), text


def test_buttons_of_old_answers_work_after_a_restart(
    server: FakeTelegram, bench: MakeBench
) -> None:
    with running(server, bench()):
        answer = ask(server, ALICE, PEACEKEEPERS)
    with running(server, bench(first_id=5)):
        press(server, answer, "Footnotes")
        assert answer.message_id is not None
        assert server.text_of(ALICE, answer.message_id).startswith("Footnotes")
        assert "[1] https://ministry" in (ask(server, ALICE, "/footnotes").text or "")


def test_an_update_that_comes_twice_is_answered_once(
    server: FakeTelegram, bench: MakeBench
) -> None:
    with running(server, bench()) as parts:
        server.faults.add(kind="duplicate_update", chat_id=ALICE)
        ask(server, ALICE, PEACEKEEPERS)
        ask(server, ALICE, "/latest")
        time.sleep(QUIET_SECONDS)
        assert len(parts.reports.asked) == 1
        assert len(server.sent(ALICE, "sendMessage")) == 2


def test_a_follow_up_knows_what_was_asked_before(server: FakeTelegram, bench: MakeBench) -> None:
    with running(server, bench()) as parts:
        ask(server, ALICE, PEACEKEEPERS)
        ask(server, ALICE, "and Ukraine?")
        ask(server, BOB, "and Ukraine?")
        assert [history for _, _, history in parts.reports.asked] == [(), (PEACEKEEPERS,), ()]


def test_in_a_group_the_bot_answers_who_speaks_to_it(
    server: FakeTelegram, bench: MakeBench
) -> None:
    group = server.supergroup(-1001, members=[ALICE, BOB], admin=True)  # hears everything
    with running(server, bench()) as parts:
        before = len(server.log)
        server.user_says(group, "What did Russia say about peacekeepers, I wonder?")
        server.user_says(group, "/frobnicate")
        server.user_says(group, "/latest@other_bot")
        server.user_says(group, "@somebody_else peacekeepers?")
        silence(server, before)
        answer = ask(server, group, f"@briefing_test_bot {PEACEKEEPERS}")
        assert parts.reports.asked[-1][0] == PEACEKEEPERS
        assert answer.message_id is not None
        ask(server, group, "and Ukraine?", reply_to=answer.message_id)
        assert parts.reports.asked[-1][2] == (PEACEKEEPERS,)
        assert "Latest reports" in (ask(server, group, "/latest").text or "")
        assert "know /frobnicate" in (
            ask(server, group, "/frobnicate@briefing_test_bot").text or ""
        )
        press(server, answer, "Context", user=BOB)
        assert server.text_of(group, answer.message_id).startswith("Context of quote 1")


def test_in_a_forum_the_bot_answers_in_the_topic(server: FakeTelegram, bench: MakeBench) -> None:
    forum = server.supergroup(-1002, members=[ALICE], forum=True, admin=True)
    topic, other = server.topic(forum, "Talks"), server.topic(forum, "Other")
    with running(server, bench()) as parts:
        answer = ask(server, forum, f"/ask {PEACEKEEPERS}", thread_id=topic)
        assert answer.thread_id == topic
        again = ask(server, forum, "/ask and Ukraine?", thread_id=other)
        assert again.thread_id == other
        assert parts.reports.asked[-1][2] == ()
        assert "no answer here yet" not in (
            ask(server, forum, "/context", thread_id=topic).text or ""
        )
        before = len(server.log)
        server.user_says(forum, "peacekeepers, mandate, anyone?", thread_id=topic)
        silence(server, before)


def test_who_writes_as_the_group_is_answered_and_bots_are_not(
    server: FakeTelegram, bench: MakeBench
) -> None:
    group = server.supergroup(-1003, members=[ALICE], admin=True)
    with running(server, bench()):
        after = len(server.log) - 1
        server.user_says(group, f"/ask {PEACEKEEPERS}", anonymous=True)
        server.wait_for(chat_id=group, contains="Viktor Antonov", after=after)
        before = len(server.log)
        server.inject(
            "message",
            {
                "message_id": 4000,
                "date": 1,
                "chat": {"id": ALICE, "type": "private", "first_name": "Bot"},
                "from": {"id": 5, "is_bot": True, "first_name": "Bot"},
                "text": PEACEKEEPERS,
            },
            ALICE,
        )
        silence(server, before)


def test_edits_are_ignored_and_files_declined(server: FakeTelegram, bench: MakeBench) -> None:
    with running(server, bench()) as parts:
        message = server.user_says(ALICE, PEACEKEEPERS)
        server.wait_for(chat_id=ALICE, contains="Viktor Antonov")
        before = len(server.log)
        server.user_edits(ALICE, message, "mandate timetable offered")
        silence(server, before)
        assert len(parts.reports.asked) == 1
        server.user_sends_document(ALICE, "report.pdf", b"%PDF")
        server.wait_for(chat_id=ALICE, contains="I can only read text.")


def test_a_group_that_moves_keeps_its_answers(server: FakeTelegram, bench: MakeBench) -> None:
    group = server.group(-50, members=[ALICE], admin=True)
    with running(server, bench()):
        ask(server, group, f"/ask {PEACEKEEPERS}")
        server.migrate(group, -1050)
        eventually(lambda: "Footnotes" in (ask(server, -1050, "/footnotes", user=ALICE).text or ""))


def test_a_button_whose_message_is_gone_or_whose_time_is_over(
    server: FakeTelegram, bench: MakeBench
) -> None:
    with running(server, bench()):
        first = ask(server, ALICE, PEACEKEEPERS)
        assert first.message_id is not None
        server.message_vanishes(ALICE, first.message_id)
        after = len(server.log) - 1
        server.press(first, data="f:a1", chat_id=ALICE, stale=True)
        server.wait_for(method="sendMessage", chat_id=ALICE, contains="Footnotes", after=after)
        second = ask(server, ALICE, TARGET)
        assert second.message_id is not None
        server.press(second, label="Footnotes")
        server.expire_queries()
        eventually(lambda: server.text_of(ALICE, second.message_id or 0).startswith("Footnotes"))
        assert "Latest" in (ask(server, ALICE, "/latest").text or "")


def test_buttons_without_an_answer_say_so_over_the_chat(
    server: FakeTelegram, bench: MakeBench
) -> None:
    with running(server, bench()):
        answer = ask(server, ALICE, PEACEKEEPERS)
        ask(server, ALICE, "/forget")
        query = press(server, answer, "Footnotes")
        assert toast(server, query)["text"] == "I no longer keep that answer. Please ask again."
        assert toast(server, query)["show_alert"] is True
        stale = server.press(answer, data="x" * 64, stale=True)
        eventually(lambda: stale in server.callback_answers)
        assert "know this button any more" in str(toast(server, stale)["text"])
        assert server.unanswered() == []


def test_a_long_answer_comes_in_several_messages(server: FakeTelegram, bench: MakeBench) -> None:
    class Wordy(FakeReports):
        def reports(self) -> list[ReportSummary]:
            found = super().reports()
            return [summary for summary in found for _ in range(30)]

    parts = bench(reports=Wordy(), settings=ConversationSettings(latest=200))
    with running(server, parts):
        expected = parts.renderer.render(parts.conversation.latest())
        assert len(expected) > 1
        server.user_says(ALICE, "/latest")
        server.wait_for(chat_id=ALICE, count=len(expected))
        shown = [record.text for record in server.sent(ALICE, "sendMessage")]
        assert shown == [text_of(message.html) for message in expected]  # type: ignore[arg-type]


def test_the_loop_is_free_while_a_question_is_looked_up(
    server: FakeTelegram, bench: MakeBench
) -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(FakeReports):
        def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
            if question == TARGET:
                started.set()
                assert go_on.wait(10)
            return super().ask(question, asked_on=asked_on, history=history)

    with running(server, bench(reports=Slow())) as parts:
        server.user_says(ALICE, TARGET)
        assert started.wait(10)
        server.user_says(ALICE, "and Ukraine?")
        assert "Viktor Antonov" in (ask(server, BOB, PEACEKEEPERS).text or "")
        assert server.sent(ALICE, "sendMessage") == []
        eventually(lambda: (ALICE, "typing", None) in server.chat_actions)
        go_on.set()
        server.wait_for(method="sendMessage", chat_id=ALICE, count=2)
        asked = [question for question, _, _ in parts.reports.asked if question != PEACEKEEPERS]
        assert asked == [TARGET, "and Ukraine?"]


def test_when_too_many_ask_the_next_is_told_so_at_once_and_nothing_is_lost(
    server: FakeTelegram, bench: MakeBench
) -> None:
    go_on = threading.Event()
    asking: list[str] = []

    class Slow(FakeReports):
        def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
            asking.append(question)
            assert go_on.wait(10)
            return super().ask(question, asked_on=asked_on, history=history)

    parts = bench(reports=Slow())
    busy = parts.texts.plain("notice.overloaded")
    people = [ALICE, BOB, 1003]  # two at work, one waiting
    with RunningBot(server.url, parts, waiting=1):
        for person in people:
            server.user_says(person, PEACEKEEPERS)
            eventually(partial(server.chat_actions.__contains__, (person, "typing", None)))
        eventually(lambda: len(asking) == 2)
        assert ask(server, 1004, PEACEKEEPERS).text == busy
        go_on.set()
        for person in people:
            answer = server.wait_for(method="sendMessage", chat_id=person)
            assert "Viktor Antonov" in (answer.text or "")


def test_a_gateway_that_stumbles_loses_no_answer(server: FakeTelegram, bench: MakeBench) -> None:
    with running(server, bench()):
        server.faults.add(kind="502", method="sendMessage", chat_id=ALICE, times=2)
        assert "Viktor Antonov" in (ask(server, ALICE, PEACEKEEPERS).text or "")
        time.sleep(QUIET_SECONDS)
        assert len(server.sent(ALICE, "sendMessage")) == 1


def test_someone_who_blocks_the_bot_stops_nothing(
    server: FakeTelegram, bench: MakeBench, log: io.StringIO
) -> None:
    with running(server, bench()):
        server.faults.add(kind="403", method="sendMessage", chat_id=ALICE)
        server.user_says(ALICE, PEACEKEEPERS)
        eventually(lambda: "nobody is there to read the reply" in log.getvalue())
        assert "Viktor Antonov" in (ask(server, ALICE, PEACEKEEPERS).text or "")


def test_a_defect_is_answered_kindly_and_logged_without_words(
    server: FakeTelegram, bench: MakeBench, log: io.StringIO
) -> None:
    class Broken(FakeReports):
        def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
            raise LookupError(f"defect at {question}, {asked_on}, {history}")

        def around(self, quote: object) -> None:  # type: ignore[override]
            raise LookupError(f"defect at {quote}")

    with running(server, bench()):
        answer = ask(server, ALICE, TARGET)
    said_before = len(log.getvalue())
    with running(server, bench(reports=Broken(), first_id=7)):
        sorry = ask(server, ALICE, "Some private words")
        assert "Something went wrong on my side" in (sorry.text or "")
        query = press(server, answer, "Context")
        assert "Something went wrong on my side" in str(toast(server, query)["text"])
    logged = log.getvalue()[said_before:]
    errors = [line for line in logged.splitlines() if "failed: LookupError at" in line]
    assert len(errors) == 2
    assert "test_bot_chat.py" in errors[0]
    assert not any("private words" in line or "peacekeepers" in line for line in errors)
    assert "Traceback" not in logged


def test_the_token_is_never_logged(
    server: FakeTelegram, bench: MakeBench, log: io.StringIO
) -> None:
    with running(server, bench()):
        ask(server, ALICE, PEACEKEEPERS)
        server.faults.add(kind="500", method="getUpdates")
        server.faults.add(kind="drop_before", method="getUpdates")
        ask(server, ALICE, "/latest")
        eventually(lambda: "updates are not received for the moment" in log.getvalue())
        ask(server, ALICE, "/latest")
    assert "[hidden]" in log.getvalue()  # the libraries did log it
    assert TOKEN not in log.getvalue()
    assert TOKEN.partition(":")[2] not in log.getvalue()


def test_a_token_that_is_refused_ends_the_start_without_showing_it(
    server: FakeTelegram, bench: MakeBench
) -> None:
    wrong = "77:WRONG-token"
    with (
        pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN") as caught,
        RunningBot(server.url, bench(), wrong),
    ):
        raise AssertionError("it started")
    shown: BaseException | None = caught.value
    while shown is not None:
        assert "WRONG" not in str(shown)
        shown = shown.__cause__


def test_a_start_waits_for_the_network(
    server: FakeTelegram, bench: MakeBench, log: io.StringIO
) -> None:
    server.faults.add(kind="502", method="getMe")
    with running(server, bench()):
        assert "Latest" in (ask(server, ALICE, "/latest").text or "")
    assert "Telegram is not reached, next try in 1 s" in log.getvalue()


def test_two_bots_of_one_token_are_told_apart(
    server: FakeTelegram, bench: MakeBench, log: io.StringIO
) -> None:
    with running(server, bench()), running(server, bench(first_id=50)):
        eventually(lambda: "another program receives this bot's updates" in log.getvalue())
