from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from telegram import error as told

from bot.gate import Gate
from bot.model import Button, Message, Place, Sent
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    MigratedError,
    Priority,
    RejectedError,
    RetryAfterError,
    UnavailableError,
    UnknownOutcomeError,
)
from bot.sender import PacedChannel, keyboard, translate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def caused(error: told.TelegramError, cause: Exception) -> told.TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (told.Forbidden("Forbidden: bot was blocked by the user"), BlockedError),
        (told.Forbidden("Forbidden: bot was kicked from the supergroup chat"), BlockedError),
        (told.Forbidden("Forbidden: user is deactivated"), BlockedError),
        (told.BadRequest("Bad Request: chat not found"), GoneError),
        (told.BadRequest("Bad Request: message thread not found"), GoneError),
        (told.BadRequest("Bad Request: TOPIC_CLOSED"), GoneError),
        (
            told.BadRequest("Bad Request: not enough rights to send text messages to the chat"),
            BlockedError,
        ),
        (told.BadRequest("Bad Request: can't parse entities: Unmatched end tag"), RejectedError),
        (told.BadRequest("Bad Request: message is too long"), RejectedError),
        (told.NetworkError("Bad Gateway"), UnavailableError),
        (told.NetworkError("Internal Server Error (500)"), UnknownOutcomeError),
        (told.NetworkError("Gateway Timeout (504)"), UnknownOutcomeError),
        (caused(told.NetworkError("x"), httpx.ConnectError("x")), UnavailableError),
        (caused(told.TimedOut(), httpx.ConnectTimeout("x")), UnavailableError),
        (caused(told.TimedOut(), httpx.PoolTimeout("x")), UnavailableError),
        (caused(told.TimedOut(), httpx.ReadTimeout("x")), UnknownOutcomeError),
        (caused(told.TimedOut(), httpx.WriteTimeout("x")), UnknownOutcomeError),
        (caused(told.NetworkError("x"), httpx.ReadError("x")), UnknownOutcomeError),
        (caused(told.NetworkError("x"), httpx.WriteError("x")), UnknownOutcomeError),
        (caused(told.NetworkError("x"), httpx.RemoteProtocolError("x")), UnknownOutcomeError),
        (told.InvalidToken("Unauthorized"), UnavailableError),
        (told.TelegramError("Invalid server response"), UnknownOutcomeError),
    ],
)
def test_what_the_librarys_errors_mean(
    error: told.TelegramError, meant: type[ChannelError]
) -> None:
    assert type(translate(error)) is meant


def test_what_they_carry_is_kept() -> None:
    moved = translate(told.ChatMigrated(-100777))
    assert isinstance(moved, MigratedError)
    assert moved.chat_id == -100777
    flood = translate(told.RetryAfter(17))
    assert isinstance(flood, RetryAfterError)
    assert flood.seconds == 17.0


def test_the_address_and_its_token_get_into_no_error() -> None:
    address = "https://api.telegram.org/bot123:SECRET/sendMessage"
    broken = httpx.ReadError(address)
    for error in (
        caused(told.NetworkError(f"httpx.ReadError: {address}"), broken),
        caused(told.NetworkError(f"httpx.ConnectError: {address}"), httpx.ConnectError(address)),
    ):
        assert "SECRET" not in str(translate(error))


class ScriptedBot:
    """Answers as written; remembers when and what it was asked."""

    def __init__(self, *answers: told.TelegramError | int) -> None:
        self.answers: Iterator[told.TelegramError | int] = iter(answers)
        self.asked: list[dict[str, object]] = []

    async def send_message(self, chat_id: int, text: str, **values: object) -> object:
        self.asked.append({"chat_id": chat_id, "text": text, **values})
        answer = next(self.answers)
        if isinstance(answer, told.TelegramError):
            raise answer
        return type("Accepted", (), {"message_id": answer})()

    async def edit_message_text(self, text: str, **values: object) -> object:
        self.asked.append({"text": text, **values})
        answer = next(self.answers)
        if isinstance(answer, told.TelegramError):
            raise answer
        return True


def channel(bot: ScriptedBot) -> PacedChannel:
    return PacedChannel(bot, Gate(None))  # type: ignore[arg-type]


HELLO = Message(html="hello")
HERE = Place(chat_id=5)


def test_an_answer_waits_out_a_429_and_a_digest_does_not() -> None:
    async def main() -> None:
        bot = ScriptedBot(told.RetryAfter(0.05), 9)  # type: ignore[arg-type]
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert await channel(bot).send(HERE, HELLO, priority=Priority.CHAT) == Sent(
            message_ids=(9,)
        )
        assert loop.time() - begun >= 0.05
        bot = ScriptedBot(told.RetryAfter(1))
        with pytest.raises(RetryAfterError):
            await channel(bot).send(HERE, HELLO, priority=Priority.DIGEST)
        bot = ScriptedBot(told.RetryAfter(3600))
        with pytest.raises(RetryAfterError):
            await channel(bot).send(HERE, HELLO, priority=Priority.CHAT)

    asyncio.run(main())


def test_nothing_else_is_sent_a_second_time() -> None:
    async def main() -> None:
        bot = ScriptedBot(caused(told.TimedOut(), httpx.ReadTimeout("x")), 9)
        with pytest.raises(UnknownOutcomeError):
            await channel(bot).send(HERE, HELLO, priority=Priority.CHAT)
        assert len(bot.asked) == 1

    asyncio.run(main())


def test_the_word_beforehand_is_given_right_before_each_request() -> None:
    async def main() -> None:
        bot = ScriptedBot(1)
        seen: list[int] = []

        async def leaving() -> None:
            seen.append(len(bot.asked))

        await channel(bot).send(HERE, HELLO, priority=Priority.DIGEST, leaving=leaving)
        assert seen == [0]

    asyncio.run(main())


def test_topics_and_silence_are_passed_on_and_the_general_topic_is_none() -> None:
    async def main() -> None:
        bot = ScriptedBot(1, 2)
        sending = channel(bot)
        for thread in (7, 1):
            place = Place(chat_id=-5, thread_id=thread)
            await sending.send(place, HELLO, priority=Priority.DIGEST, silent=True)
        assert [asked["message_thread_id"] for asked in bot.asked] == [7, None]
        assert all(asked["disable_notification"] for asked in bot.asked)

    asyncio.run(main())


def test_an_edit_that_changes_nothing_is_no_error() -> None:
    async def main() -> None:
        same = told.BadRequest("Bad Request: message is not modified: specified new message …")
        await channel(ScriptedBot(same)).edit(HERE, 3, HELLO)
        with pytest.raises(RejectedError):
            await channel(ScriptedBot(told.BadRequest("message can't be edited"))).edit(
                HERE, 3, HELLO
            )

    asyncio.run(main())


def test_buttons_as_telegram_takes_them() -> None:
    buttons = ((Button(label="1", data="dg:x:1"), Button(label="Go", url="https://a.example")),)
    markup = keyboard(Message(html="x", keyboard=buttons))
    assert markup is not None
    (row,) = markup.inline_keyboard
    assert [(b.text, b.callback_data, b.url) for b in row] == [
        ("1", "dg:x:1", None),
        ("Go", None, "https://a.example"),
    ]
    assert keyboard(HELLO) is None
