"""The fake Bot API server refuses and accepts what the documentation says, call by call."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "1:TEST"
CHAT, GROUP, FORUM, CHANNEL = 1001, -2001, -1003001, -1004001
ADMIN = 7
Answer = tuple[int, dict[str, Any]]


class Api:
    """Bot API calls as JSON bodies."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def __call__(self, method: str, **values: object) -> Answer:
        answer = self.client.post(method, json=values)
        return answer.status_code, answer.json()

    def ok(self, method: str, **values: object) -> Any:
        status, answer = self(method, **values)
        assert status == 200, answer
        assert answer["ok"] is True
        return answer["result"]

    def error(self, method: str, **values: object) -> str:
        status, answer = self(method, **values)
        assert answer["ok"] is False, answer
        assert answer["error_code"] == status
        return str(answer["description"])


def bot_client(server: FakeTelegram) -> httpx.Client:
    return httpx.Client(base_url=f"{server.url}/bot{TOKEN}/", trust_env=False, timeout=10)


def populated() -> FakeTelegram:
    made = FakeTelegram(TOKEN, "briefing_test_bot", limits=None)
    made.private(CHAT, first_name="Ann")
    made.group(GROUP, members=[ADMIN, 8])
    made.supergroup(FORUM, forum=True, members=[ADMIN], username="the_forum")
    made.channel(CHANNEL, members=[ADMIN])
    return made


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with populated() as started:
        yield started


@pytest.fixture(scope="module")
def shared_api() -> Iterator[Api]:
    """For calls that leave nothing behind."""
    with populated() as started, bot_client(started) as client:
        yield Api(client)


@pytest.fixture
def api(server: FakeTelegram) -> Iterator[Api]:
    with bot_client(server) as client:
        yield Api(client)


def keyboard(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}


def button(text: str = "Footnotes", **action: object) -> dict[str, object]:
    return {"text": text, **(action or {"callback_data": "f:1"})}


def png(width: int, height: int, padding: int = 0) -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    return head + struct.pack(">II", width, height) + b"\x08\x02\x00\x00\x00" + bytes(4 + padding)


# -- tokens, methods, bodies ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "status", "description"),
    [("1:WRONG", 401, "Unauthorized"), ("nonsense", 404, "Not Found")],
)
def test_a_wrong_token_is_refused(
    server: FakeTelegram, token: str, status: int, description: str
) -> None:
    answer = httpx.get(f"{server.url}/bot{token}/getMe", trust_env=False)
    assert answer.status_code == status
    assert answer.json() == {"ok": False, "error_code": status, "description": description}
    assert httpx.get(f"{server.url}/file/bot{token}/x", trust_env=False).status_code == status
    server.assert_clean()


def test_an_unknown_method_is_refused_and_noted(server: FakeTelegram, api: Api) -> None:
    status, answer = api("sendTelepathy", chat_id=CHAT)
    assert status == 404
    assert answer["description"].startswith("Not Found")
    with pytest.raises(AssertionError, match="sendTelepathy: unknown method"):
        server.assert_clean()


def test_an_unknown_parameter_is_ignored_and_noted(server: FakeTelegram, api: Api) -> None:
    api.ok("sendMessage", chat_id=CHAT, text="x", disable_web_page_preview=True)
    with pytest.raises(AssertionError, match="disable_web_page_preview"):
        server.assert_clean()


@pytest.mark.parametrize(
    "values",
    [
        {"message_thread_id": "seven"},
        {"disable_notification": "perhaps"},
        {"reply_parameters": "{broken"},
        {"entities": {"not": "a list"}},
        {"text": ["not a string"]},
    ],
)
def test_an_ill_typed_parameter_is_refused_and_noted(
    server: FakeTelegram, api: Api, values: dict[str, object]
) -> None:
    api.error("sendMessage", **({"chat_id": CHAT, "text": "x"} | values))
    assert [each.method for each in server.violations] == ["sendMessage"]


def test_json_forms_queries_and_multipart_say_the_same(server: FakeTelegram, api: Api) -> None:
    values = {"chat_id": str(CHAT), "text": "<b>ä</b> & b", "parse_mode": "HTML"}
    values |= {"reply_markup": json.dumps(keyboard([button()])), "protect_content": "true"}
    api.client.post("sendMessage", json=values)
    api.client.post("sendMessage", data=values)
    api.client.get("sendMessage", params=values)
    api.client.post("sendMessage", files={name: (None, value) for name, value in values.items()})
    api.client.post("sendmessage", json=values | {"reply_markup": keyboard([button()])})
    assert [record.text for record in server.log] == ["ä & b"] * 5
    assert all(record.protected for record in server.log)
    assert len({json.dumps(record.reply_markup) for record in server.log}) == 1
    server.assert_clean()


def test_broken_bodies_are_refused(api: Api) -> None:
    headers = {"content-type": "application/json"}
    assert api.client.post("sendMessage", content=b"{", headers=headers).status_code == 400
    assert api.client.post("sendMessage", content=b"[]", headers=headers).status_code == 400
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert api.client.post("sendMessage", content=b"--x\r\n", headers=headers).status_code == 400


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
    answer = api.client.post("sendMessage", content=body, headers=headers).json()
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


# -- chats ------------------------------------------------------------------------------------


def test_chats_that_cant_be_written_to(server: FakeTelegram, api: Api) -> None:
    def refusal(chat_id: object) -> str:
        return api.error("sendMessage", chat_id=chat_id, text="x")

    assert refusal("") == "Bad Request: chat_id is empty"
    assert api.error("sendMessage", text="x") == "Bad Request: chat_id is empty"
    assert refusal(424242) == "Bad Request: chat not found"
    assert refusal("@nobody_here") == "Bad Request: chat not found"
    server.private(1002, started=False)
    assert refusal(1002) == "Forbidden: bot can't initiate conversation with a user"
    server.user_blocks(CHAT)
    assert refusal(CHAT) == "Forbidden: bot was blocked by the user"
    server.user_says(CHAT, "/start")
    api.ok("sendMessage", chat_id=CHAT, text="x")
    server.deactivate(CHAT)
    assert refusal(CHAT) == "Forbidden: user is deactivated"
    server.kick_bot(GROUP)
    assert refusal(GROUP) == "Forbidden: bot was kicked from the group chat"
    server.add_bot(GROUP)
    server.mute(GROUP)
    assert "not enough rights to send text messages" in refusal(GROUP)
    server.delete_chat(GROUP)
    assert refusal(GROUP) == "Forbidden: the group chat was deleted"
    api.ok("leaveChat", chat_id=FORUM)
    assert refusal(FORUM) == "Forbidden: bot is not a member of the supergroup chat"
    server.set_status(CHANNEL, 1, "member")
    assert refusal(CHANNEL) == "Bad Request: need administrator rights in the channel chat"
    server.vanish(CHANNEL)
    assert refusal(CHANNEL) == "Bad Request: chat not found"


def test_a_migrated_group_names_its_successor(server: FakeTelegram, api: Api) -> None:
    server.migrate(GROUP, -1005005)
    status, answer = api("sendMessage", chat_id=GROUP, text="x")
    assert status == 400
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": -1005005}
    api.ok("sendMessage", chat_id=-1005005, text="x")


def test_topics(server: FakeTelegram, api: Api) -> None:
    topic = server.topic(FORUM, "Digests")
    message = api.ok("sendMessage", chat_id="@the_forum", text="x", message_thread_id=topic)
    assert message["message_thread_id"] == topic
    assert message["is_topic_message"] is True
    assert server.log[-1].thread_id == topic
    reply = {"message_id": message["message_id"]}
    answer = api.ok("sendMessage", chat_id=FORUM, text="y", reply_parameters=reply)
    assert answer["message_thread_id"] == topic
    missing = "Bad Request: message thread not found"
    for thread in (1, 99):
        error = api.error("sendMessage", chat_id=FORUM, text="x", message_thread_id=thread)
        assert error == missing
    assert api.error("sendMessage", chat_id=GROUP, text="x", message_thread_id=topic) == missing
    server.close_topic(FORUM, topic)
    error = api.error("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
    assert error == "Bad Request: TOPIC_CLOSED"
    server.close_topic(FORUM, topic, deleted=True)
    error = api.error("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
    assert error == missing


def test_replies(server: FakeTelegram, api: Api) -> None:
    asked = server.user_says(CHAT, "What did they say?")

    def reply(**values: object) -> Answer:
        return api("sendMessage", chat_id=CHAT, text="x", reply_parameters=values)

    _, answer = reply(message_id=asked, quote="did they")
    assert answer["result"]["reply_to_message"]["message_id"] == asked
    assert server.log[-1].reply_to == asked
    assert reply(message_id=asked, quote="did we")[1]["description"].endswith("QUOTE_TEXT_INVALID")
    assert reply(message_id=999)[1]["description"].endswith("message to be replied not found")
    assert reply(message_id=999, allow_sending_without_reply=True)[0] == 200
    assert reply(allow_sending_without_reply=True)[0] == 400


def test_options_are_logged(server: FakeTelegram, api: Api) -> None:
    preview = {"is_disabled": True}
    values = {"disable_notification": True, "protect_content": True}
    message = api.ok("sendMessage", chat_id=CHAT, text="x", link_preview_options=preview, **values)
    assert message["has_protected_content"] is True
    assert message["link_preview_options"] == preview
    record = server.log[-1]
    assert (record.silent, record.protected, record.link_preview) == (True, True, preview)
    server.assert_clean()
    api.ok("sendMessage", chat_id=CHAT, text="x", link_preview_options={"is_off": True})
    assert "is_off" in server.violations[0].what


def test_who_writes_and_where(server: FakeTelegram, api: Api) -> None:
    mine = api.ok("sendMessage", chat_id=CHAT, text="x")
    assert mine["from"] == {
        "id": 1,
        "is_bot": True,
        "first_name": "Briefing test bot",
        "username": "briefing_test_bot",
    }
    assert mine["chat"] == {"id": CHAT, "type": "private", "first_name": "Ann"}
    posted = api.ok("sendMessage", chat_id=CHANNEL, text="x")
    assert "from" not in posted
    assert posted["sender_chat"]["id"] == CHANNEL
    grouped = api.ok("sendMessage", chat_id=GROUP, text="x")
    # private chats and basic groups share one sequence of ids, supergroups and channels don't
    assert grouped["message_id"] == mine["message_id"] + 1
    assert posted["message_id"] == 2
    assert server.text_of(GROUP, grouped["message_id"]) == "x"


# -- edits, deletion, reactions ---------------------------------------------------------------


def test_edits(server: FakeTelegram, api: Api) -> None:
    markup = keyboard([button()])
    sent = api.ok("sendMessage", chat_id=CHAT, text="old", reply_markup=markup)
    place = {"chat_id": CHAT, "message_id": sent["message_id"]}
    same = api.error("editMessageText", **place, text="old", reply_markup=markup)
    assert same.startswith("Bad Request: message is not modified: specified new message content")
    edited = api.ok("editMessageText", **place, text="<b>new</b>", parse_mode="HTML")
    assert edited["text"] == "new"
    assert edited["edit_date"] >= edited["date"]
    assert "reply_markup" not in edited, "a keyboard not given again is taken away"
    api.ok("editMessageReplyMarkup", **place, reply_markup=markup)
    error = api.error("editMessageReplyMarkup", **place, reply_markup=markup)
    assert "message is not modified" in error
    assert api.error("editMessageText", **place, text="x" * 4097) == "Bad Request: MESSAGE_TOO_LONG"
    assert api.error("editMessageText", **place) == "Bad Request: message text is empty"
    assert server.log[-1].method == "editMessageReplyMarkup"
    assert server.log[-1].text == "new"


def test_edits_telegram_refuses(server: FakeTelegram, api: Api) -> None:
    theirs = server.user_says(CHAT, "mine")

    def refusal(**values: object) -> str:
        return api.error("editMessageText", text="x", **values).removeprefix("Bad Request: ")

    assert refusal(chat_id=CHAT, message_id=999) == "message to edit not found"
    assert refusal(chat_id=CHAT, message_id=theirs) == "message can't be edited"
    assert refusal() == "message identifier is not specified"
    assert refusal(inline_message_id="AA") == "MESSAGE_ID_INVALID"
    document = api.client.post(
        "sendDocument", data={"chat_id": CHAT}, files={"document": ("a.txt", b"abc")}
    ).json()["result"]
    place = {"chat_id": CHAT, "message_id": document["message_id"]}
    assert refusal(**place) == "there is no text in the message to edit"
    sent = api.ok("sendMessage", chat_id=CHAT, text="x")
    error = api.error(
        "editMessageCaption", chat_id=CHAT, message_id=sent["message_id"], caption="c"
    )
    assert error == "Bad Request: there is no caption in the message to edit"
    assert api.ok("editMessageCaption", **place, caption="c")["caption"] == "c"


def test_deletion(server: FakeTelegram, api: Api) -> None:
    sent = api.ok("sendMessage", chat_id=CHAT, text="x")["message_id"]
    assert api.ok("deleteMessage", chat_id=CHAT, message_id=sent) is True
    error = api.error("deleteMessage", chat_id=CHAT, message_id=sent)
    assert error == "Bad Request: message to delete not found"
    theirs = server.user_says(GROUP, "hello", user=8)
    error = api.error("deleteMessage", chat_id=GROUP, message_id=theirs)
    assert error == "Bad Request: message can't be deleted"
    old = api.ok("sendMessage", chat_id=CHAT, text="x")["message_id"]
    server.age_messages(CHAT, 49 * 3600)
    error = api.error("deleteMessage", chat_id=CHAT, message_id=old)
    assert error == "Bad Request: message can't be deleted for everyone"
    new = [api.ok("sendMessage", chat_id=CHAT, text="x")["message_id"] for _ in range(2)]
    assert api.ok("deleteMessages", chat_id=CHAT, message_ids=[*new, 999]) is True
    error = api.error("editMessageText", chat_id=CHAT, message_id=new[0], text="y")
    assert error == "Bad Request: message to edit not found"


def test_reactions_and_actions(server: FakeTelegram, api: Api) -> None:
    place = {"chat_id": CHAT, "message_id": server.user_says(CHAT, "thanks")}
    thumb = {"type": "emoji", "emoji": "👍"}
    assert api.ok("setMessageReaction", **place, reaction=[thumb]) is True
    error = api.error("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "🧦"}])
    assert error == "Bad Request: REACTION_INVALID"
    error = api.error("setMessageReaction", chat_id=CHAT, message_id=99, reaction=[thumb])
    assert error == "Bad Request: message to react not found"
    assert api.ok("sendChatAction", chat_id=CHAT, action="typing") is True
    assert server.chat_actions == [(CHAT, "typing", None)]
    error = api.error("sendChatAction", chat_id=CHAT, action="dancing")
    assert error == "Bad Request: wrong parameter action in request"


# -- files ------------------------------------------------------------------------------------


def test_files_travel_both_ways(server: FakeTelegram, api: Api) -> None:
    data = bytes(range(256)) * 300 + b"\r\n--boundary-like\r\n\r\n"
    answer = api.client.post(
        "sendDocument",
        data={"chat_id": CHAT, "caption": "<i>c</i>", "parse_mode": "HTML"},
        files={"document": ('digest "1".txt', data, "text/plain")},
    ).json()["result"]
    assert answer["caption"] == "c"
    assert answer["document"]["file_size"] == len(data)
    note = server.log[-1].file
    assert note is not None
    assert (note.mime_type, note.size) == ("text/plain", len(data))
    found = api.ok("getFile", file_id=answer["document"]["file_id"])
    address = f"{server.url}/file/bot{TOKEN}/{found['file_path']}"
    assert httpx.get(address, trust_env=False).content == data
    again = api.ok("sendDocument", chat_id=CHAT, document=answer["document"]["file_id"])
    assert again["document"]["file_id"] == answer["document"]["file_id"]
    mismatch = api.error("sendPhoto", chat_id=CHAT, photo=answer["document"]["file_id"])
    assert mismatch == "Bad Request: type of file mismatch"
    server.assert_clean()


def test_a_persons_file_can_be_fetched_up_to_20_mb(server: FakeTelegram, api: Api) -> None:
    server.user_sends_document(CHAT, "report.html", b"<p>x</p>", caption="read this")
    (update,) = api.ok("getUpdates")
    document = update["message"]["document"]
    assert update["message"]["caption"] == "read this"
    path = api.ok("getFile", file_id=document["file_id"])["file_path"]
    assert httpx.get(f"{server.url}/file/bot{TOKEN}/{path}", trust_env=False).text == "<p>x</p>"
    server.user_sends_document(CHAT, "big.pdf", size=20 * 1024 * 1024 + 1)
    big = api.ok("getUpdates", offset=update["update_id"] + 1)[0]["message"]["document"]
    assert api.error("getFile", file_id=big["file_id"]) == "Bad Request: file is too big"
    assert api.error("getFile", file_id="no such id") == "Bad Request: invalid file_id"


def test_pictures(server: FakeTelegram, api: Api) -> None:
    def photo(data: bytes) -> Answer:
        files = {"photo": ("trend.png", data, "image/png")}
        answer = api.client.post("sendPhoto", data={"chat_id": CHAT}, files=files)
        return answer.status_code, answer.json()

    _, sent = photo(png(640, 480))
    assert [(size["width"], size["height"]) for size in sent["result"]["photo"]] == [(640, 480)]
    assert photo(png(9000, 2000))[1]["description"].endswith("PHOTO_INVALID_DIMENSIONS")
    assert photo(png(2100, 100))[1]["description"].endswith("PHOTO_INVALID_DIMENSIONS")
    assert photo(b"no picture")[1]["description"].endswith("IMAGE_PROCESS_FAILED")
    assert photo(b"")[1]["description"] == "Bad Request: file must be non-empty"
    assert "is too big for a photo" in photo(png(64, 64, 10 * 1024 * 1024))[1]["description"]
    error = api.error("sendPhoto", chat_id=CHAT)
    assert error == "Bad Request: there is no photo in the request"
    error = api.error("sendPhoto", chat_id=CHAT, photo="AgAC")
    assert error == "Bad Request: wrong file identifier/HTTP URL specified"
    server.assert_clean()
    api.error("sendPhoto", chat_id=CHAT, photo="https://example.com/a.png")
    assert server.violations


def test_captions_and_uploads_have_limits(api: Api) -> None:
    def document(data: bytes, caption: str) -> Answer:
        answer = api.client.post(
            "sendDocument",
            data={"chat_id": CHAT, "caption": caption},
            files={"document": ("a.bin", data)},
            timeout=60,
        )
        return answer.status_code, answer.json()

    assert document(b"x", "c" * 1024)[0] == 200
    assert document(b"x", "c" * 1025)[1]["description"].endswith("message caption is too long")
    status, answer = document(bytes(50 * 1024 * 1024 + 1), "")
    assert status == 413
    assert answer["description"] == "Request Entity Too Large"


def test_media_can_be_exchanged(server: FakeTelegram, api: Api) -> None:
    sent = api.client.post(
        "sendPhoto", data={"chat_id": CHAT}, files={"photo": ("a.png", png(10, 10))}
    ).json()["result"]
    media = {"type": "photo", "media": "attach://new", "caption": "April"}
    place = {"chat_id": CHAT, "message_id": sent["message_id"]}
    edited = api.client.post(
        "editMessageMedia",
        data=place | {"media": json.dumps(media)},
        files={"new": ("b.png", png(20, 30))},
    ).json()["result"]
    assert edited["photo"][0]["height"] == 30
    assert edited["caption"] == "April"
    server.assert_clean()
    error = api.error("editMessageMedia", **place, media={"type": "photo", "media": "attach://x"})
    assert error.endswith("media not found")


# -- the bot itself ---------------------------------------------------------------------------


def test_the_command_menu(server: FakeTelegram, api: Api) -> None:
    commands = [{"command": "ask", "description": "Ask the reports"}]
    assert api.ok("setMyCommands", commands=commands) is True
    scope = {"type": "chat", "chat_id": CHAT}
    api.ok("setMyCommands", commands=commands * 2, scope=scope, language_code="uk")
    assert api.ok("getMyCommands") == commands
    assert len(api.ok("getMyCommands", scope=scope, language_code="uk")) == 2
    assert server.commands["default/"] == commands
    api.ok("deleteMyCommands")
    assert api.ok("getMyCommands") == []
    for bad, code in (
        ({"command": "Ask!", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "ask", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ):
        assert api.error("setMyCommands", commands=[bad]) == f"Bad Request: {code}"
    error = api.error("setMyCommands", commands=commands * 101)
    assert error == "Bad Request: BOT_COMMANDS_TOO_MUCH"


def test_descriptions(api: Api) -> None:
    api.ok("setMyDescription", description="Quotes with sources")
    api.ok("setMyShortDescription", short_description="Quotes", language_code="en")
    assert api.ok("getMyDescription") == {"description": "Quotes with sources"}
    shown = api.ok("getMyShortDescription", language_code="en")
    assert shown == {"short_description": "Quotes"}
    assert "too long" in api.error("setMyDescription", description="x" * 513)
    assert "too long" in api.error("setMyShortDescription", short_description="x" * 121)


def test_chats_and_members(server: FakeTelegram, api: Api) -> None:
    assert api.ok("getChat", chat_id=FORUM)["is_forum"] is True
    assert api.ok("getChatMember", chat_id=GROUP, user_id=ADMIN)["status"] == "creator"
    assert api.ok("getChatMember", chat_id=GROUP, user_id=8)["status"] == "member"
    assert api.ok("getChatMember", chat_id=GROUP, user_id=CHAT)["status"] == "left"
    error = api.error("getChatMember", chat_id=GROUP, user_id=31337)
    assert error == "Bad Request: PARTICIPANT_ID_INVALID"
    server.set_status(GROUP, 8, "administrator")
    admins = api.ok("getChatAdministrators", chat_id=GROUP)
    assert [each["user"]["id"] for each in admins] == [ADMIN, 8]
    error = api.error("getChatAdministrators", chat_id=CHAT)
    assert error == "Bad Request: there are no administrators in the private chat"
    assert api.ok("getChatMemberCount", chat_id=GROUP) == 3


def test_closing_and_logging_out(api: Api) -> None:
    status, answer = api("close")
    assert status == 429
    assert 500 < answer["parameters"]["retry_after"] <= 600
    assert api.ok("logOut") is True
    assert api("getMe")[0] == 400
