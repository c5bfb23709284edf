"""Who is let in, links, uploads, inline answers, votes and suggestions, before the strict fake."""

from __future__ import annotations

import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.model import Place
from bot.views import Asker
from tests.fakes.chat import PEACEKEEPERS
from tests.fakes.guest_house import GuestHouse, settings
from tests.fakes.reports import FakeReports
from tests.fakes.site import writing_site
from tests.fakes.telegram.server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from index.model import Answer
    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.records import Accepted

TOKEN = "77:TEST-token-that-nobody-may-read"
ALICE, BOB, BOSS = 1001, 1002, 1009
GROUP = -1001
SAMPLES = Path("config/samples")
SAMPLE = "2025-04-10-northgate-ukraine-front-assessment.html"


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(token=TOKEN, limits=None) as server:
        for person in (ALICE, BOB, BOSS):
            server.private(person)
        server.supergroup(GROUP, members=[ALICE, BOB], admin=True)
        yield server
        server.assert_clean()


@pytest.fixture
def house(server: FakeTelegram, tmp_path: Path) -> Callable[..., GuestHouse]:
    return partial(GuestHouse, tmp_path, server.url, TOKEN)


def eventually(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.01)


def ask(server: FakeTelegram, chat_id: int, text: str, **how: Any) -> Accepted:
    after = len(server.log) - 1
    server.user_says(chat_id, text, **how)
    return server.wait_for(method="sendMessage", chat_id=chat_id, after=after)


def press(server: FakeTelegram, message: Accepted, label: str, **how: Any) -> JsonObject:
    query = server.press(message, label=label, **how)
    eventually(lambda: query in server.callback_answers)
    return server.callback_answers[query]


def labels(markup: object) -> list[str]:
    rows = cast("dict[str, Any]", markup or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def upload(server: FakeTelegram, name: str, data: bytes, **how: Any) -> tuple[Accepted, str]:
    """Send a file; return the message about it and what that says in the end."""
    after = len(server.log) - 1
    server.user_sends_document(BOSS, name, data, **how)
    return watched(server, after)


def watched(server: FakeTelegram, after: int) -> tuple[Accepted, str]:
    sent = server.wait_for(method="sendMessage", chat_id=BOSS, after=after)
    message_id = sent.message_id or 0
    eventually(lambda: not server.text_of(BOSS, message_id).endswith("…"))
    return sent, server.text_of(BOSS, message_id)


# -- who is let in ----------------------------------------------------------------------------


def test_a_flood_gets_one_kind_message_and_then_silence(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(per_minute=4, admins=(BOSS,))) as bot:
        for _ in range(12):
            server.user_says(ALICE, "/latest")
        eventually(lambda: len(server.sent(ALICE, "sendMessage")) >= 5)
        assert "Latest reports" in (ask(server, BOB, "/latest").text or "")
        for _ in range(8):
            assert "Latest reports" in (ask(server, BOSS, "/latest").text or "")
        said = [one.text or "" for one in server.sent(ALICE, "sendMessage")]
        assert len(said) == 5
        assert "I take 4 messages a minute" in said[-1]
        assert "30 seconds" in said[-1]
        bot.bench.clock.moment = bot.bench.clock.moment.replace(minute=1)
        assert "Latest reports" in (ask(server, ALICE, "/latest").text or "")


def test_buttons_count_less_and_say_why_they_do_nothing(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(per_minute=2)):
        answer = ask(server, ALICE, PEACEKEEPERS)
        toasts = [press(server, answer, "👍")["text"] for _ in range(6)]
        assert toasts[:4] == ["Thank you!"] * 4
        assert all("try again in" in str(text) for text in toasts[4:])


def test_only_the_invited_are_answered(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(allowed=(ALICE,), admins=(BOSS,))):
        assert "Antonov" in (ask(server, ALICE, PEACEKEEPERS).text or "")
        refused = ask(server, BOB, PEACEKEEPERS).text or ""
        assert "invited people only" in refused
        assert str(BOB) in refused
        server.user_says(BOB, "please")
        assert "What I keep about you" in (ask(server, BOB, "/privacy").text or "")
        assert len(server.sent(BOB, "sendMessage")) == 2
        assert "Latest" in (ask(server, BOSS, "/latest").text or "")
        assert "one of the people who run" in (ask(server, GROUP, "/latest", user=ALICE).text or "")
        assert "people who run this bot" in (ask(server, GROUP, "/enable", user=ALICE).text or "")


def test_a_group_opts_in_and_out(server: FakeTelegram, house: Callable[..., GuestHouse]) -> None:
    with house() as bot:
        assert "writes /enable here" in (ask(server, GROUP, "/latest", user=BOB).text or "")
        server.user_says(GROUP, "/latest", user=BOB)  # said once, then nothing
        assert "Only administrators" in (ask(server, GROUP, "/enable", user=BOB).text or "")
        assert "from now on" in (ask(server, GROUP, "/enable", user=ALICE).text or "")
        assert "already" in (ask(server, GROUP, "/enable", user=ALICE).text or "")
        answer = ask(server, GROUP, f"@briefing_test_bot {PEACEKEEPERS}", user=BOB)
        assert "Antonov" in (answer.text or "")
        assert "no more" in (ask(server, GROUP, "/disable", user=ALICE).text or "")
        assert "for people this bot answers" in str(
            press(server, answer, "Footnotes", user=BOB)["text"]
        )
        assert "for groups" in (ask(server, ALICE, "/enable").text or "")
        assert not bot.manners.groups.has(GROUP)


def test_a_group_in_the_settings_is_answered_in(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(groups=(GROUP,))):
        assert "Latest" in (ask(server, GROUP, "/latest", user=BOB).text or "")
        assert "settings" in (ask(server, GROUP, "/disable", user=ALICE).text or "")


def test_privacy_tells_the_settings_and_forget_erases_all(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house() as bot:
        said = ask(server, ALICE, "/privacy").text or ""
        assert "for 365 days" in said
        assert "last 4 of the past 30 minutes" in said
        answer = ask(server, ALICE, PEACEKEEPERS)
        press(server, answer, "👎")
        assert bot.manners.feedback._votes.counts().bad == 1
        assert "is erased" in (ask(server, ALICE, "/forget").text or "")
        assert bot.manners.feedback._votes.counts().bad == 0
        assert "keep nothing" in (ask(server, ALICE, "/forget").text or "")


# -- links into the chat ----------------------------------------------------------------------


def test_a_link_opens_an_answer_or_a_report(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house() as bot:
        answer = ask(server, ALICE, PEACEKEEPERS)
        opened = ask(server, BOB, "/start a_a1")
        assert opened.text == answer.text
        press(server, opened, "Footnotes")
        assert server.text_of(BOB, opened.message_id or 0).startswith("Footnotes")
        again = ask(server, ALICE, "/start a_a1")
        assert labels(again.reply_markup)[:2] == ["Footnotes", "Context"]
        for report in bot.reports.reports():
            shown = ask(server, BOB, f"/start r_{report.id}")
            assert (report.title or "Untitled report") in (shown.text or "")
        assert "leads to a report" in (ask(server, BOB, "/start r_nosuchreport").text or "")
        assert "no longer keep that answer" in (ask(server, BOB, "/start a_nosuch").text or "")
        assert "I answer questions" in (ask(server, BOB, "/start inline").text or "")


# -- uploads ----------------------------------------------------------------------------------


def test_an_operator_sends_files_and_sees_what_comes_of_them(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    content = (SAMPLES / SAMPLE).read_bytes()
    with house(settings=settings(admins=(BOSS,))) as bot:
        sent, said = upload(server, SAMPLE, content)
        assert sent.text == f"Received: {SAMPLE}. Fetching it …"
        assert said.startswith("Added: ")
        assert said.endswith("You can ask about it now.")
        edits = [one.text for one in server.sent(BOSS, "editMessageText")]
        assert edits[:2] == [f"Reading {SAMPLE} …", "Read. Making it searchable …"]
        (stored,) = bot.desk.library.reports()
        assert stored.title
        assert stored.title in said
        assert upload(server, SAMPLE, content)[1].startswith("I have this already, unchanged: ")
        assert upload(server, "copy.html", content)[1].startswith("I have ")
        assert len(bot.desk.library.reports()) == 1
        assert upload(server, "empty.txt", b" ")[1].startswith("Not read: ")
        assert upload(server, "<b>.bin", bytes(range(256)) * 40)[1].startswith("Not read: ")
        server.faults.add(kind="500", method="getFile")
        assert "did not hand later.html over" in upload(server, "later.html", content)[1]


def test_a_file_beyond_the_limits_is_refused(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(admins=(BOSS,)), most_bytes=1000):
        _, said = upload(server, "huge.pdf", b"", size=50 * 1024 * 1024)
        assert said.startswith("huge.pdf has 50 MB; Telegram lets bots fetch files of up to 20 MB")
        assert not [one for one in server.calls if one.method == "getFile"]
        _, said = upload(server, "long.txt", b"word " * 500)
        assert "larger than 1,000 bytes" in said


def test_an_operator_sends_an_address(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(admins=(BOSS,))) as bot, writing_site() as site:
        url = site.put("/report", (SAMPLES / SAMPLE).read_text("utf-8"))
        after = len(server.log) - 1
        server.user_says(BOSS, f"/ingest {url}")
        _, said = watched(server, after)
        assert said.startswith("Not read: ")
        assert "private" in said
        assert bot.desk.library.reports() == []
        for text, reply in [
            ("/ingest", "/ingest https://example.org/report"),
            ("/ingest /etc/passwd", "addresses that begin with"),
            ("/ingest file:///etc/passwd", "addresses that begin with"),
        ]:
            assert reply in (ask(server, BOSS, text).text or "")


def test_an_address_that_may_be_fetched_is_added(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(admins=(BOSS,))) as bot, writing_site() as site:
        bot.desk.private_addresses = True
        bot.desk.restart()
        bot.manners.uploads._shelf = bot.desk.library
        url = site.put("/report", (SAMPLES / SAMPLE).read_text("utf-8"))
        after = len(server.log) - 1
        server.user_says(BOSS, f"/ingest {url}")
        assert watched(server, after)[1].startswith("Added: ")


def test_others_may_add_nothing(server: FakeTelegram, house: Callable[..., GuestHouse]) -> None:
    with house(settings=settings(admins=(BOSS,))) as bot:
        after = len(server.log) - 1
        server.user_sends_document(ALICE, SAMPLE, (SAMPLES / SAMPLE).read_bytes())
        server.wait_for(chat_id=ALICE, contains="Only the people who run this bot", after=after)
        said = ask(server, ALICE, "/ingest https://example.org/").text or ""
        assert said.startswith("Only the people who run this bot can add reports.")
        assert bot.desk.library.reports() == []
        assert not [one for one in server.calls if one.method == "getFile"]


# -- inline -----------------------------------------------------------------------------------


def typed(server: FakeTelegram, person: int, text: str) -> dict[str, Any]:
    query = server.inline_query(person, text)
    eventually(lambda: query in server.inline_answers)
    return {"id": query, **server.inline_answers[query]}


def test_quotes_are_offered_while_somebody_types(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house() as bot:
        found = typed(server, ALICE, PEACEKEEPERS)
        assert found["is_personal"] is True
        assert 0 < found["cache_time"] <= 60
        first = found["results"][0]
        assert first["title"] == "Viktor Antonov · 9 Apr 2025"
        answer = bot.reports.ask(PEACEKEEPERS, asked_on=bot.bench.clock.now().date())
        assert len(found["results"]) == len(answer.quotes)
        for shown, quote in zip(found["results"], answer.quotes, strict=True):
            assert quote.text in shown["text"]
            assert "¶" in shown["text"]
            (url,) = [b["url"] for row in shown["reply_markup"]["inline_keyboard"] for b in row]
            assert url == f"https://t.me/briefing_test_bot?start=r_{quote.report_id}"
        assert server.choose_result(found["id"], first["id"])
        assert bot.bench.store.last(Asker(person=ALICE, place=Place(chat_id=ALICE))) is None


def test_an_honest_line_where_the_reports_do_not_say(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house():
        (only,) = typed(server, ALICE, "how do <chickens> sing & dance?")["results"]
        assert only["title"].startswith("The reports don")
        assert "“how do <chickens> sing & dance?”: the reports don" in only["text"]
        nothing = typed(server, ALICE, "?!")
        assert nothing["results"] == []
        assert nothing["button"]["text"] == "Type a question about the reports"


def test_only_the_last_of_what_was_typed_is_looked_up(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house() as bot:
        queries = [server.inline_query(ALICE, PEACEKEEPERS[:n]) for n in range(20, 39)]
        eventually(lambda: queries[-1] in server.inline_answers)
        assert len(bot.reports.asked) < len(queries) / 2


def test_an_answer_that_takes_too_long_is_not_sent(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    go_on = threading.Event()

    class Slow(FakeReports):
        def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
            if question == "slow peacekeepers":
                assert go_on.wait(10)
            return super().ask(question, asked_on=asked_on, history=history)

    with house(reports=Slow(), patience=0.2):
        late = server.inline_query(ALICE, "slow peacekeepers")
        time.sleep(0.6)
        assert typed(server, ALICE, PEACEKEEPERS)["results"]
        go_on.set()
    assert late not in server.inline_answers
    answers = [one for one in server.calls if one.method == "answerInlineQuery"]
    assert [one.status for one in answers] == [200]


def test_who_is_not_invited_is_offered_nothing(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(allowed=(ALICE,))) as bot:
        found = typed(server, BOB, PEACEKEEPERS)
        assert found["results"] == []
        assert "invited" in found["button"]["text"]
        assert bot.reports.asked == []
        assert typed(server, ALICE, PEACEKEEPERS)["results"]


def test_typing_is_limited_too(server: FakeTelegram, house: Callable[..., GuestHouse]) -> None:
    with house(settings=settings(per_minute=1)):
        for _ in range(4):
            assert typed(server, ALICE, PEACEKEEPERS)["results"]
        found = typed(server, ALICE, PEACEKEEPERS)
        assert found["results"] == []
        assert found["cache_time"] == 1


# -- votes and suggestions --------------------------------------------------------------------


def test_a_vote_is_counted_once_a_person(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house(settings=settings(groups=(GROUP,))) as bot:
        answer = ask(server, GROUP, f"/ask {PEACEKEEPERS}", user=ALICE)
        votes = bot.manners.feedback._votes
        for label, person, good, bad in [
            ("👍", ALICE, 1, 0),
            ("👍", ALICE, 1, 0),
            ("👎", BOB, 1, 1),
            ("👎", ALICE, 0, 2),
        ]:
            toast = press(server, answer, label, user=person)
            assert str(toast["text"]).startswith("Thank you")
            assert toast["show_alert"] is False
            assert (votes.counts().good, votes.counts().bad) == (good, bad)
        private = ask(server, BOB, PEACEKEEPERS)
        stolen = server.press(private, data="v:a1:1", stale=True)
        eventually(lambda: stolen in server.callback_answers)
        assert "another chat" in str(server.callback_answers[stolen]["text"])
        refusal = ask(server, ALICE, "how do chickens sing?")
        assert "👎" in labels(refusal.reply_markup)


def test_suggestions_come_later_and_are_answered(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    with house() as bot:
        answer = ask(server, ALICE, "What did Antonov say about the mandate timetable?")
        assert not [one for one in labels(answer.reply_markup) if one.endswith("?")]
        edited = server.wait_for(method="editMessageText", chat_id=ALICE, after=answer.seq)
        offered = [one for one in labels(edited.reply_markup) if one.endswith("?")]
        assert edited.text == answer.text
        assert 1 <= len(offered) <= 2
        for question in offered:
            found = bot.reports.ask(question, asked_on=bot.bench.clock.now().date())
            assert found.status == "answered"
        press(server, edited, "Footnotes")
        press(server, edited, "Answer")
        shown = server.sent(ALICE, "editMessageText")[-1]
        assert [one for one in labels(shown.reply_markup) if one.endswith("?")] == offered
        after = len(server.log) - 1
        press(server, shown, offered[0])
        reply = server.wait_for(method="sendMessage", chat_id=ALICE, after=after)
        assert (reply.text or "").startswith(offered[0])
        assert "Footnotes" in labels(reply.reply_markup)
        ask(server, ALICE, "/forget")
        gone = press(server, shown, offered[0])
        assert "no longer keep that question" in str(gone["text"])


def test_suggestions_never_replace_what_a_button_shows(
    server: FakeTelegram, house: Callable[..., GuestHouse]
) -> None:
    first = "What did Antonov say about the mandate timetable?"
    looking, go_on = threading.Event(), threading.Event()

    class Slow(FakeReports):
        def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
            if question not in {first, PEACEKEEPERS}:
                looking.set()
                assert go_on.wait(10)
            return super().ask(question, asked_on=asked_on, history=history)

    with house(reports=Slow()) as bot:
        answer = ask(server, ALICE, first)
        assert looking.wait(10)
        assert "Antonov" in (ask(server, BOB, PEACEKEEPERS).text or "")  # nobody waits for them
        press(server, answer, "Footnotes")
        go_on.set()
        eventually(lambda: bot.manners.beneath._suggestions.keys("a1"))
        time.sleep(0.3)
        assert server.text_of(ALICE, answer.message_id or 0).startswith("Footnotes")
        press(server, answer, "Answer")
        shown = server.sent(ALICE, "editMessageText")[-1]
        assert [one for one in labels(shown.reply_markup) if one.endswith("?")]
