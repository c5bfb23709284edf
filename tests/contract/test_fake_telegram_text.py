"""The fake Bot API server reads text and keyboards as Telegram does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.client import Api

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "1:TEST"
CHAT = 1001


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(TOKEN, limits=None) as started:
        started.private(CHAT, first_name="Ann")
        yield started


@pytest.fixture
def api(server: FakeTelegram) -> Iterator[Api]:
    with Api(server) as made:
        yield made


@pytest.fixture(scope="module")
def shared_api() -> Iterator[Api]:
    """For calls that leave nothing behind."""
    with FakeTelegram(TOKEN, limits=None) as started, Api(started) as made:
        started.private(CHAT)
        yield made


def keyboard(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}


def button(text: str = "Footnotes", **action: object) -> dict[str, object]:
    return {"text": text, **(action or {"callback_data": "f:1"})}


# -- text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parse_mode", "text", "plain", "kinds"),
    [
        ("HTML", "<b>a</b> &lt; <i>b</i>", "a < b", ["bold", "italic"]),
        ("MarkdownV2", r"*a* _b_ \. ||c||", "a b . c", ["bold", "italic", "spoiler"]),
        ("Markdown", "*a* [b](http://c.de/)", "a b", ["bold", "text_link"]),
        ("HTML", "<blockquote expandable>q</blockquote>", "q", ["expandable_blockquote"]),
        ("html", "😀<code>x</code>", "😀x", ["code"]),
        ("", "<b>plain</b>", "<b>plain</b>", []),
    ],
)
def test_text_is_parsed_by_telegrams_parser(
    server: FakeTelegram, api: Api, parse_mode: str, text: str, plain: str, kinds: list[str]
) -> None:
    message = api.ok("sendMessage", chat_id=CHAT, text=text, parse_mode=parse_mode)
    assert message["text"] == plain
    assert [each["type"] for each in message.get("entities", [])] == kinds
    assert server.log[-1].text == plain
    assert server.log[-1].source == text
    assert [each["type"] for each in server.log[-1].entities] == kinds


def test_offsets_are_utf16_units(api: Api) -> None:
    message = api.ok("sendMessage", chat_id=CHAT, text="  😀<b>ok</b> ", parse_mode="HTML")
    assert message["text"] == "😀ok"
    assert message["entities"] == [{"type": "bold", "offset": 2, "length": 2}]


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>x</b>" * 5000, "parse_mode": "HTML"}, "text is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"text": "a.b", "parse_mode": "MarkdownV2"}, "can't parse entities: Character '.'"),
        ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
    ],
)
def test_texts_telegram_refuses(
    shared_api: Api, values: dict[str, object], description: str
) -> None:
    error = shared_api.error("sendMessage", chat_id=CHAT, **values)
    assert error.startswith(f"Bad Request: {description}")


def test_half_a_character_is_no_text(api: Api) -> None:
    body = json.dumps({"chat_id": CHAT, "text": "\ud800"})
    headers = {"content-type": "application/json"}
    answer = api.http.post("sendMessage", content=body, headers=headers).json()
    assert answer["description"] == "Bad Request: text must be encoded in UTF-8"


def test_the_longest_text_is_counted_after_parsing(server: FakeTelegram, api: Api) -> None:
    text = "<b>" + "😀" * 2048 + "</b>"
    assert len(api.ok("sendMessage", chat_id=CHAT, text=text, parse_mode="HTML")["text"]) == 2048
    server.assert_clean()


@pytest.mark.parametrize(
    ("entity", "description"),
    [
        ({"type": "bold", "offset": 0, "length": 9}, "ends after the end of the text"),
        ({"type": "bold", "offset": -1, "length": 2}, "incorrect offset"),
        ({"type": "bold", "offset": 1, "length": 1}, "in a middle of a UTF-16 symbol"),
        ({"type": "shouting", "offset": 0, "length": 1}, "Unsupported type specified"),
        ({"type": "text_link", "offset": 0, "length": 2, "url": "http://a b"}, "is invalid"),
        ({"type": "bold", "offset": 0}, 'Field "length"'),
        ("bold", "expected an Object"),
    ],
)
def test_given_entities_are_checked(shared_api: Api, entity: object, description: str) -> None:
    error = shared_api.error("sendMessage", chat_id=CHAT, text="😀ok", entities=[entity])
    assert description in error


def test_given_entities_are_kept(server: FakeTelegram, api: Api) -> None:
    entities = [
        {"type": "bold", "offset": 1, "length": 2},
        {"type": "text_link", "offset": 0, "length": 1, "url": "http://a.b/"},
        {"type": "url", "offset": 0, "length": 1},
    ]
    message = api.ok("sendMessage", chat_id=CHAT, text="ab\rcd", entities=entities)
    assert message["text"] == "abcd"
    assert message["entities"] == [entities[1], {"type": "bold", "offset": 1, "length": 1}]
    server.assert_clean()


def test_entities_past_the_hundredth_are_dropped_and_noted(server: FakeTelegram, api: Api) -> None:
    api.ok("sendMessage", chat_id=CHAT, text="<b>x</b> " * 100, parse_mode="HTML")
    server.assert_clean()
    message = api.ok("sendMessage", chat_id=CHAT, text="<b>x</b> " * 103, parse_mode="HTML")
    assert len(message["entities"]) == 100
    assert [each.count for each in server.dropped_entities] == [3]
    with pytest.raises(AssertionError, match="3 entities dropped"):
        server.assert_clean()


# -- keyboards --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        (keyboard([button(callback_data="x" * 65)]), "BUTTON_DATA_INVALID"),
        (keyboard([button(callback_data="ü" * 33)]), "BUTTON_DATA_INVALID"),
        (keyboard([button(callback_data="")]), "can't parse inline keyboard button: Text buttons"),
        (keyboard([button("")]), "inline keyboard button text must be non-empty"),
        (keyboard([button(url="happ://x")]), "inline keyboard button URL 'happ://x' is invalid"),
        (keyboard([button(url="http://localhost/")]), "inline keyboard button URL"),
        (keyboard([button(url="")]), "can't parse inline keyboard button: Text buttons"),
        (keyboard([button(hue="red", callback_data="x")]), "can't parse inline keyboard button"),
        (keyboard([button()] * 9), "reply markup is too long"),
        (keyboard(*[[button()] * 8] * 13), "reply markup is too long"),
        (keyboard(*[[button("x" * 900)]] * 20), "reply markup is too long"),
        ({"inline_keyboard": [button()]}, 'field "inline_keyboard" must be an Array of Arrays'),
        ({"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
        ({"buttons": []}, "inline keyboard expected"),
    ],
)
def test_keyboards_telegram_refuses(shared_api: Api, markup: object, description: str) -> None:
    error = shared_api.error("sendMessage", chat_id=CHAT, text="x", reply_markup=markup)
    assert error.startswith(f"Bad Request: {description}")


def test_the_largest_keyboard_is_taken(server: FakeTelegram, api: Api) -> None:
    rows = [[button("a", callback_data="x" * 20)] * 8] * 12 + [[button(callback_data="ü" * 32)] * 4]
    message = api.ok("sendMessage", chat_id=CHAT, text="x", reply_markup=keyboard(*rows))
    assert sum(len(row) for row in message["reply_markup"]["inline_keyboard"]) == 100
    assert len(server.log[-1].buttons()) == 100
    url = {"url": "http://127.0.0.1:8080/r/1?s=a#b"}
    api.ok("sendMessage", chat_id=CHAT, text="x", reply_markup=keyboard([button(**url)]))
    reply_keyboard = {"keyboard": [[{"text": "Yes"}, "No"]], "one_time_keyboard": True}
    api.ok("sendMessage", chat_id=CHAT, text="x", reply_markup=reply_keyboard)
    api.ok("sendMessage", chat_id=CHAT, text="x", reply_markup={"remove_keyboard": True})
    server.assert_clean()
