"""Files through the real library to the strict server, and into the folder of a terminal."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.chart import draw
from bot.model import Attachment, Button, Message, Place
from bot.ports import Priority, RejectedError
from tests.fakes.telegram import FakeTelegram
from tests.integration.test_delivery_telegram import channel_to
from tests.unit.bot.test_chart import trend, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Sent

KEYS = ((Button(label="1", data="x:1"),),)
TEXT = Attachment(name="citations.bib", content=b"@techreport{a,}\n")


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


def send(server: FakeTelegram, message: Message) -> Sent:
    async def sent() -> Sent:
        async with channel_to(server) as channel:
            return await channel.send(
                Place(chat_id=7, thread_id=1), message, priority=Priority.CHAT, silent=True
            )

    server.private(7)
    return asyncio.run(sent())


def test_a_document_arrives_with_its_name_its_caption_and_its_buttons(server: FakeTelegram) -> None:
    send(server, Message(html="<b>file</b> &amp;", keyboard=KEYS, attachment=TEXT))
    (record,) = server.sent(7)
    assert record.method == "sendDocument"
    assert (record.text, record.silent) == ("file &", True)
    assert record.reply_markup
    assert record.file is not None
    assert (record.file.name, record.file.size) == ("citations.bib", len(TEXT.content))
    server.assert_clean()


def test_a_picture_is_shown(server: FakeTelegram) -> None:
    picture = Attachment(name="a.png", content=draw(trend((1, 2, 1)), words()), kind="picture")
    send(server, Message(html="", attachment=picture))
    (record,) = server.sent(7)
    assert record.method == "sendPhoto"
    assert picture.content[:4] == b"\x89PNG"
    server.assert_clean()


def test_what_telegram_refuses_is_named(server: FakeTelegram) -> None:
    broken = Attachment(name="a.png", content=b"no picture", kind="picture")
    with pytest.raises(RejectedError):
        send(server, Message(html="x", attachment=broken))


@pytest.mark.parametrize("name", ["", "../a", "a/b", ".hidden", "a b", "x" * 65, "a\n"])
def test_a_name_is_a_plain_file_name(name: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        Attachment(name=name, content=b"x")


def test_an_empty_file_is_no_attachment() -> None:
    with pytest.raises(ValueError, match="empty"):
        Attachment(name="a.txt", content=b"")
