"""The fake Bot API server delivers updates as documented, and people act through it."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAT, GROUP, FORUM, CHANNEL, ANN, BOB = 1001, -2001, -1003001, -1004001, 7, 8
QUERY_INVALID = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(limits=None) as started:
        started.private(CHAT, first_name="Ann")
        started.group(GROUP, members=[ANN, BOB])
        started.supergroup(FORUM, forum=True, members=[ANN, BOB])
        started.channel(CHANNEL, members=[ANN])
        yield started


def call(server: FakeTelegram, method: str, **values: object) -> dict[str, Any]:
    address = f"{server.url}/bot1:TEST/{method}"
    answer = httpx.post(address, json=values, trust_env=False, timeout=20)
    decoded: dict[str, Any] = answer.json()
    return decoded


def updates(server: FakeTelegram, **values: object) -> list[dict[str, Any]]:
    answer = call(server, "getUpdates", **values)
    assert answer["ok"], answer
    result: list[dict[str, Any]] = answer["result"]
    return result


def drained(server: FakeTelegram) -> list[dict[str, Any]]:
    """Everything that waits, confirmed."""
    found = updates(server)
    if found:
        updates(server, offset=found[-1]["update_id"] + 1)
    return found


# -- long polling -----------------------------------------------------------------------------


def test_updates_stay_until_they_are_confirmed(server: FakeTelegram) -> None:
    for number in range(5):
        server.user_says(CHAT, f"question {number}")
    first = updates(server, limit=2)
    assert [each["message"]["text"] for each in first] == ["question 0", "question 1"]
    assert updates(server, limit=2) == first
    rest = updates(server, offset=first[1]["update_id"] + 1)
    assert [each["message"]["text"][-1] for each in rest] == ["2", "3", "4"]
    assert [each["message"]["text"][-1] for each in updates(server, offset=-1)] == ["4"]
    assert len(updates(server)) == 1, "a negative offset forgets everything before it"


def test_a_long_poll_ends_with_the_first_update(server: FakeTelegram) -> None:
    with ThreadPoolExecutor(1) as pool:
        began = time.monotonic()
        waiting = pool.submit(updates, server, timeout=10)
        time.sleep(0.3)
        assert not waiting.done()
        server.user_says(CHAT, "now")
        assert waiting.result()[0]["message"]["text"] == "now"
        assert 0.2 < time.monotonic() - began < 5


def test_a_long_poll_ends_empty_after_its_timeout(server: FakeTelegram) -> None:
    began = time.monotonic()
    assert updates(server, timeout=1) == []
    assert 0.9 < time.monotonic() - began < 5


def test_a_second_poll_ends_the_first(server: FakeTelegram) -> None:
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(call, server, "getUpdates", timeout=10)
        time.sleep(0.3)
        second = pool.submit(call, server, "getUpdates", timeout=10)
        refused = first.result()
        assert refused["error_code"] == 409
        assert refused["description"].startswith("Conflict: terminated by other getUpdates")
        server.user_says(CHAT, "for the second")
        assert second.result()["ok"]


def test_a_poller_that_hung_up_is_no_conflict(server: FakeTelegram) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{server.url}/bot1:TEST/getUpdates?timeout=10", timeout=0.3, trust_env=False)
    deadline = time.monotonic() + 5
    while not server.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    server.user_says(CHAT, "still here")
    assert updates(server, timeout=5)[0]["message"]["text"] == "still here"
    assert [each.status for each in server.calls if each.method == "getUpdates"] == [None, 200]


def test_a_bot_gets_the_kinds_it_asked_for(server: FakeTelegram) -> None:
    server.set_status(GROUP, BOB, "administrator")
    assert drained(server) == [], "chat_member must be asked for"
    assert updates(server, allowed_updates=["chat_member", "callback_query"]) == []
    server.user_says(CHAT, "unheard")
    server.set_status(GROUP, BOB, "member")
    (heard,) = drained(server)
    assert heard["chat_member"]["new_chat_member"]["status"] == "member"
    assert updates(server, allowed_updates=[]) == []
    server.user_says(CHAT, "heard")
    assert len(drained(server)) == 1
    server.assert_clean()
    updates(server, allowed_updates=["telepathy"])
    assert "telepathy" in server.violations[0].what


# -- webhooks ---------------------------------------------------------------------------------


class Receiver:
    """A webhook that answers with the given statuses first, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.got: list[tuple[dict[str, Any], str | None]] = []
        planned = list(statuses)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                secret = self.headers.get("X-Telegram-Bot-Api-Secret-Token")
                receiver.got.append((json.loads(body), secret))
                self.send_response(planned.pop(0) if planned else 200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.got) < count:
            assert time.monotonic() < deadline, self.got
            time.sleep(0.01)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(500, 404)
    yield made
    made.close()


def test_a_webhook_is_tried_until_it_takes_the_update(
    server: FakeTelegram, receiver: Receiver
) -> None:
    answer = call(
        server, "setWebhook", url=receiver.url, secret_token="s3cret_-", max_connections=1
    )
    assert answer == {"ok": True, "result": True, "description": "Webhook was set"}
    server.user_says(CHAT, "one")
    server.user_says(CHAT, "two")
    receiver.wait_for(4)
    texts = [update["message"]["text"] for update, _ in receiver.got]
    assert texts == ["one", "one", "one", "two"]
    assert {secret for _, secret in receiver.got} == {"s3cret_-"}
    info = call(server, "getWebhookInfo")["result"]
    assert info["url"] == receiver.url
    assert info["max_connections"] == 1
    assert info["last_error_message"] == "Wrong response from the webhook: 404"
    assert call(server, "getUpdates")["error_code"] == 409
    assert call(server, "deleteWebhook")["description"] == "Webhook was deleted"
    assert call(server, "deleteWebhook")["description"] == "Webhook is already deleted"
    assert updates(server) == []
    server.assert_clean()


def test_what_waited_goes_to_a_new_webhook_unless_dropped(
    server: FakeTelegram, receiver: Receiver
) -> None:
    server.user_says(CHAT, "old")
    call(server, "setWebhook", url=receiver.url, drop_pending_updates=True)
    server.user_says(CHAT, "new")
    receiver.wait_for(1)
    assert receiver.got[0][0]["message"]["text"] == "new"


def test_a_webhook_ends_a_long_poll(server: FakeTelegram, receiver: Receiver) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, server, "getUpdates", timeout=10)
        time.sleep(0.3)
        call(server, "setWebhook", url=receiver.url)
        assert waiting.result()["description"] == "Conflict: terminated by setWebhook request"


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided"),
        ({"url": "http://127.0.0.1/", "secret_token": "ü"}, "secret token contains unallowed"),
        ({"url": "http://127.0.0.1/", "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": "https://example.com/hook"}, "bad webhook: Failed to resolve host"),
    ],
)
def test_webhooks_telegram_refuses(
    server: FakeTelegram, values: dict[str, object], description: str
) -> None:
    answer = call(server, "setWebhook", **values)
    assert answer["description"].startswith(f"Bad Request: {description}")
    assert call(server, "getWebhookInfo")["result"]["url"] == ""


# -- people -----------------------------------------------------------------------------------


def test_what_a_person_writes(server: FakeTelegram) -> None:
    asked = server.user_says(2002, "/ask@briefing_test_bot what of 😀 http://a.example?")
    (update,) = drained(server)
    message = update["message"]
    assert message["message_id"] == asked
    assert message["chat"] == {"id": 2002, "type": "private", "first_name": "User 2002"}
    assert message["from"]["language_code"] == "en"
    kinds = [(each["type"], each["offset"]) for each in message["entities"]]
    assert kinds == [("bot_command", 0), ("url", 34)]
    server.user_edits(2002, asked, "/help")
    (update,) = drained(server)
    assert update["edited_message"]["text"] == "/help"
    with pytest.raises(ValueError, match="nobody can send"):
        server.user_says(2002, "x" * 4097)


def test_a_bot_in_privacy_mode_hears_what_is_meant_for_it(server: FakeTelegram) -> None:
    sent = call(server, "sendMessage", chat_id=GROUP, text="Ask me")["result"]["message_id"]
    other = server.user_says(GROUP, "between us", user=ANN)
    server.user_says(GROUP, "so it is", user=BOB, reply_to=other)
    server.user_says(GROUP, "@somebody_else hello", user=ANN)
    server.user_says(GROUP, "/ask@another_bot x", user=ANN)
    assert drained(server) == []
    server.user_says(GROUP, "hey @Briefing_Test_Bot what?", user=ANN)
    server.user_says(GROUP, "/latest", user=BOB)
    server.user_says(GROUP, "really?", user=BOB, reply_to=sent)
    heard = [each["message"] for each in drained(server)]
    assert [each["from"]["id"] for each in heard] == [ANN, BOB, BOB]
    assert heard[2]["reply_to_message"]["from"]["is_bot"] is True
    server.set_status(GROUP, 1, "administrator")
    server.user_says(GROUP, "between us", user=ANN)
    texts = [each.get("message", {}).get("text") for each in drained(server)]
    assert texts == [None, "between us"]


def test_topics_and_threads(server: FakeTelegram) -> None:
    topic = server.topic(FORUM, "Digests")
    server.user_says(FORUM, "/subscribe", user=ANN, thread_id=topic)
    created, asked = (each["message"] for each in drained(server))
    assert created["forum_topic_created"]["name"] == "Digests"
    assert asked["is_topic_message"] is True
    assert asked["message_thread_id"] == topic
    assert asked["reply_to_message"]["message_id"] == topic, "as Telegram shows it"
    plain = server.supergroup(-1007007, members=[ANN])
    root = call(server, "sendMessage", chat_id=plain, text="x")["result"]["message_id"]
    server.user_says(plain, "why?", user=ANN, reply_to=root)
    (reply,) = (each["message"] for each in drained(server))
    assert reply["message_thread_id"] == root
    assert "is_topic_message" not in reply, "a thread of replies is no topic"


def test_anonymous_admins_and_channels(server: FakeTelegram) -> None:
    server.user_says(GROUP, "/settings", user=ANN, anonymous=True)
    server.user_says(CHANNEL, "/subscribe 08:00")
    hidden, post = drained(server)
    assert hidden["message"]["from"]["username"] == "GroupAnonymousBot"
    assert hidden["message"]["sender_chat"]["id"] == GROUP
    assert "from" not in post["channel_post"]
    assert post["channel_post"]["sender_chat"]["id"] == CHANNEL


def test_blocking_and_membership_are_told(server: FakeTelegram) -> None:
    server.user_blocks(CHAT)
    server.user_says(CHAT, "/start")
    server.kick_bot(GROUP)
    server.add_bot(GROUP, admin=True)
    told = [
        each["my_chat_member"]["new_chat_member"]["status"]
        for each in drained(server)
        if "my_chat_member" in each
    ]
    assert told == ["kicked", "member", "kicked", "administrator"]


def test_a_migration_is_told_on_both_sides(server: FakeTelegram) -> None:
    server.migrate(GROUP, -1009009)
    old, new = (each["message"] for each in drained(server))
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (GROUP, -1009009)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (-1009009, GROUP)


# -- queries ----------------------------------------------------------------------------------


def sent_with_button(server: FakeTelegram, chat_id: int = CHAT) -> int:
    markup = {"inline_keyboard": [[{"text": "Footnotes (3)", "callback_data": "f:1"}]]}
    answer = call(server, "sendMessage", chat_id=chat_id, text="quote", reply_markup=markup)
    message_id: int = answer["result"]["message_id"]
    return message_id


def test_a_pressed_button_waits_for_its_answer(server: FakeTelegram) -> None:
    message = sent_with_button(server)
    query = server.press(message, "f:1")
    (update,) = drained(server)
    pressed = update["callback_query"]
    assert (pressed["id"], pressed["data"], pressed["from"]["id"]) == (query, "f:1", CHAT)
    assert pressed["message"]["reply_markup"]["inline_keyboard"][0][0]["text"] == "Footnotes (3)"
    assert server.unanswered() == [query]
    answer = {"callback_query_id": query, "text": "here", "show_alert": True}
    assert call(server, "answerCallbackQuery", **answer)["result"] is True
    assert server.callback_answers[query]["text"] == "here"
    assert server.unanswered() == []
    record = server.log[-1]
    assert (record.query_id, record.message_id, record.text) == (query, message, "here")
    assert call(server, "answerCallbackQuery", **answer)["description"] == QUERY_INVALID


def test_buttons_that_arent_there(server: FakeTelegram) -> None:
    message = sent_with_button(server)
    with pytest.raises(LookupError, match="no button 'f:2'"):
        server.press(message, "f:2")
    server.press(message, "f:0", stale=True)
    assert server.press(server.log[-1], label="Footnotes")
    server.message_vanishes(CHAT, message)
    server.press(message, "f:1", chat_id=CHAT, stale=True)
    gone = drained(server)[-1]["callback_query"]["message"]
    assert gone == {"chat": gone["chat"], "message_id": message, "date": 0}


def test_a_message_id_that_two_chats_have(server: FakeTelegram) -> None:
    server.supergroup(-1007007, members=[ANN])
    first, second = sent_with_button(server, -1007007), sent_with_button(server, CHANNEL)
    assert first == second
    with pytest.raises(LookupError, match="2 chats"):
        server.press(first, "f:1")
    server.press(first, "f:1", chat_id=-1007007, user=BOB)
    assert drained(server)[-1]["callback_query"]["from"]["id"] == BOB


def test_answers_telegram_refuses(server: FakeTelegram) -> None:
    def refusal(**values: object) -> str:
        return str(call(server, "answerCallbackQuery", **values)["description"])

    query = server.press(sent_with_button(server), "f:1")
    assert refusal(callback_query_id="nonsense") == QUERY_INVALID
    assert refusal(callback_query_id=query, text="x" * 201) == "Bad Request: MESSAGE_TOO_LONG"
    link = "https://example.com/"
    assert refusal(callback_query_id=query, url=link) == "Bad Request: URL_INVALID"
    server.expire_queries()
    assert refusal(callback_query_id=query) == QUERY_INVALID


def article(**changed: object) -> dict[str, object]:
    content = {"message_text": "<b>q</b> [1]", "parse_mode": "HTML"}
    return {"type": "article", "id": "r1", "title": "T", "input_message_content": content} | changed


def test_inline_mode(server: FakeTelegram) -> None:
    query = server.inline_query(ANN, "peacekeepers")
    (update,) = drained(server)
    assert update["inline_query"]["query"] == "peacekeepers"
    markup = {"inline_keyboard": [[{"text": "Context", "callback_data": "c:1"}]]}
    results = [article(reply_markup=markup), article(id="r2", description="d")]
    values = {"inline_query_id": query, "results": results, "cache_time": 0, "is_personal": True}
    assert call(server, "answerInlineQuery", **values)["result"] is True
    shown: Any = server.inline_answers[query]["results"]
    assert shown[0]["text"] == "q [1]"
    inline = server.choose_result(query, "r1")
    assert drained(server)[0]["chosen_inline_result"]["inline_message_id"] == inline
    pressed = server.press_inline(inline, "c:1", user=BOB)
    (update,) = drained(server)[-1:]
    assert update["callback_query"]["inline_message_id"] == inline
    assert call(server, "answerCallbackQuery", callback_query_id=pressed)["ok"]
    edited = call(server, "editMessageText", inline_message_id=inline, text="new")
    assert edited == {"ok": True, "result": True}
    assert call(server, "answerInlineQuery", **values)["description"] == QUERY_INVALID
    server.assert_clean()


@pytest.mark.parametrize(
    ("results", "description"),
    [
        ([article()] * 51, "too many inline query results specified"),
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article(id="x" * 65)], "can't parse inline query result: RESULT_ID_INVALID"),
        ([article(title="")], "can't parse inline query result: can't find field"),
        ([article(input_message_content={"message_text": ""})], "can't parse inline query result"),
        ([article(type="poem")], "can't parse inline query result"),
        (["x"], "can't parse inline query result: inline query result must be an object"),
    ],
)
def test_inline_answers_telegram_refuses(
    server: FakeTelegram, results: list[object], description: str
) -> None:
    query = server.inline_query(ANN, "x")
    answer = call(server, "answerInlineQuery", inline_query_id=query, results=results)
    assert answer["description"].startswith(f"Bad Request: {description}")


def test_any_update_can_be_injected(server: FakeTelegram) -> None:
    poll = {"id": "1", "question": "?", "options": [], "total_voter_count": 0}
    assert server.inject("poll", poll) is not None
    assert drained(server)[0]["poll"]["question"] == "?"
    with pytest.raises(ValueError, match="no update kind"):
        server.inject("telepathy", {})
