"""The fake Bot API server accepts and refuses calls as the documentation says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.client import Answer, Api

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "1:TEST"
CHAT, GROUP, FORUM, CHANNEL = 1001, -2001, -1003001, -1004001
ADMIN = 7


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(TOKEN, "briefing_test_bot", limits=None) as started:
        started.private(CHAT, first_name="Ann")
        started.group(GROUP, members=[ADMIN, 8])
        started.supergroup(FORUM, forum=True, members=[ADMIN], username="the_forum")
        started.channel(CHANNEL, members=[ADMIN])
        yield started


@pytest.fixture
def api(server: FakeTelegram) -> Iterator[Api]:
    with Api(server) as made:
        yield made


def keyboard(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}


def button(text: str = "Footnotes", **action: object) -> dict[str, object]:
    return {"text": text, **(action or {"callback_data": "f:1"})}


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
    api.http.post("sendMessage", json=values)
    api.http.post("sendMessage", data=values)
    api.http.get("sendMessage", params=values)
    api.http.post("sendMessage", files={name: (None, value) for name, value in values.items()})
    api.http.post("sendmessage", json=values | {"reply_markup": keyboard([button()])})
    assert [record.text for record in server.log] == ["ä & b"] * 5
    assert all(record.protected for record in server.log)
    assert len({json.dumps(record.reply_markup) for record in server.log}) == 1
    server.assert_clean()


def test_broken_bodies_are_refused(api: Api) -> None:
    headers = {"content-type": "application/json"}
    assert api.http.post("sendMessage", content=b"{", headers=headers).status_code == 400
    assert api.http.post("sendMessage", content=b"[]", headers=headers).status_code == 400
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert api.http.post("sendMessage", content=b"--x\r\n", headers=headers).status_code == 400


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
    document = api.http.post(
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
