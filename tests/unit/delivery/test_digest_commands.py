from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.deliveries import UNSUBSCRIBED
from bot.delivery_status import DeliveryStatus
from bot.dialogue import Reply, Request
from bot.markup import Html, text_of
from bot.model import Place
from bot.ports import BlockedError, RejectedError, UnknownOutcomeError
from bot.settings_dialogue import Press, chosen, tag
from bot.subscriber_store import MAX_PLACES
from bot.subscription_render import SubscriptionWords
from bot.subscriptions import Subscription, SubscriptionError
from bot.texts import load_texts
from bot.views import Asker
from tests.fakes.channel import KYIV_MORNING, DigestBench, Fate, day_report, sqlite_bench

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANN = Asker(person=7, place=Place(chat_id=7))
GROUP = Asker(person=7, place=Place(chat_id=-100123, thread_id=5))
DAY = date(2025, 4, 9)


@pytest.fixture
def bench(tmp_path: Path) -> DigestBench:
    made = sqlite_bench(tmp_path)
    made.add(day_report(DAY, "Grain exports rose.", "Ferries stopped."))
    return made


def said(reply: Reply) -> str:
    return "\n".join(text_of(Html(message.html)) for message in reply.messages)


def ask(run: Callable[[Request], Reply], text: str = "", asker: Asker = ANN) -> str:
    return said(run(Request(asker=asker, text=text)))


def wanted(bench: DigestBench, asker: Asker = ANN) -> Subscription:
    known = bench.stores.subscribers.at(asker.place)
    assert known is not None
    assert known.is_active
    return known.wanted


def test_one_line_subscribes_and_says_all_back(bench: DigestBench) -> None:
    text = ask(bench.commands.subscribe, "07:30 New York topics: peacekeepers, air defense quiet")
    # "quiet" stands in the topics' section, so it belongs to the last topic.
    assert "Topics: peacekeepers, air defense quiet" in text
    text = ask(bench.commands.subscribe, "quiet topics: peacekeepers, air defense")
    assert text.startswith("Changed.")
    assert wanted(bench) == Subscription(
        zone="America/New_York",
        times=(time(7, 30),),
        topics=("peacekeepers", "air defense"),
        quiet=True,
    )
    assert "Next edition: 10 Apr 2025, 07:30" in text
    line = text.rpartition("/subscribe ")[2]
    before = wanted(bench)
    ask(bench.commands.subscribe, line)
    assert wanted(bench) == before


def test_a_bare_subscribe_takes_the_defaults_and_says_which_zone(bench: DigestBench) -> None:
    text = ask(bench.commands.subscribe)
    assert wanted(bench) == KYIV_MORNING
    assert "I took the zone Europe/Kyiv" in text
    assert "I took the zone" not in ask(bench.commands.subscribe, "08:00")


@pytest.mark.parametrize(
    "line", ["25:00", "Atlantis", "topics: " + "x" * 1000, "Brazil", "<b>", "x" * 4000]
)
def test_what_can_not_be_changes_nothing_and_is_explained(bench: DigestBench, line: str) -> None:
    reply = bench.commands.subscribe(Request(asker=ANN, text=line))
    assert said(reply)
    assert "<b>" not in reply.messages[0].html
    assert bench.stores.subscribers.at(ANN.place) is None


def test_in_a_group_only_those_who_may_change_it(bench: DigestBench) -> None:
    bench.may_change = False
    assert "Only administrators" in ask(bench.commands.subscribe, "08:00", GROUP)
    assert bench.stores.subscribers.at(GROUP.place) is None
    bench.may_change = True
    ask(bench.commands.subscribe, "08:00", GROUP)
    bench.may_change = False
    assert "Only administrators" in ask(bench.commands.unsubscribe, "", GROUP)
    press = bench.commands.press(Request(asker=GROUP, text="sound:0"))
    assert press.toast == "Only administrators of this chat can change its digest."
    assert not wanted(bench, GROUP).quiet
    assert "Your digest" in ask(bench.commands.settings, "", GROUP)


def test_each_topic_of_a_forum_has_its_own_up_to_a_limit(bench: DigestBench) -> None:
    for thread in range(2, MAX_PLACES + 2):
        place = Place(chat_id=-1, thread_id=thread)
        bench.stores.subscribers.subscribe(place, KYIV_MORNING, now=bench.clock.now(), head=0)
    one_more = Asker(person=7, place=Place(chat_id=-1, thread_id=999))
    assert "as many as one chat can have" in ask(bench.commands.subscribe, "", one_more)
    inside = Asker(person=7, place=Place(chat_id=-1, thread_id=2))
    assert "Changed." in ask(bench.commands.subscribe, "09:00", inside)


def test_unsubscribing_and_coming_back(bench: DigestBench) -> None:
    assert "No digest was coming" in ask(bench.commands.unsubscribe)
    ask(bench.commands.subscribe, "06:00 quiet")
    assert "no more digests" in ask(bench.commands.unsubscribe)
    known = bench.stores.subscribers.at(ANN.place)
    assert known is not None
    assert (known.ended, known.next_due) == (UNSUBSCRIBED, None)
    assert "No digest comes here" in ask(bench.commands.settings)
    assert bench.commands.start(ANN) == ()  # what a person ended stays so
    assert "Subscribed." in ask(bench.commands.subscribe)
    assert wanted(bench).times == (time(6),)


def test_start_brings_back_what_the_messenger_had_ended(bench: DigestBench) -> None:
    ask(bench.commands.subscribe, "07:30")
    bench.stores.subscribers.end_chat(7, "bot was blocked by the user", now=bench.clock.now())
    assert "bot was blocked by the user" in ask(bench.commands.settings)
    (back,) = bench.commands.start(ANN)
    assert back.html == "Your digest is back: 10 Apr 2025, 07:30."
    assert wanted(bench) == KYIV_MORNING


def test_a_days_digest_and_what_is_behind_its_buttons(bench: DigestBench) -> None:
    reply = bench.commands.digest(Request(asker=ANN, text=""))
    assert "1. Grain exports rose." in said(reply)
    data = reply.messages[0].keyboard[0][1].data
    assert data is not None
    bench.restart()
    opened = bench.commands.open(Request(asker=ANN, text=data.removeprefix("dg:")))
    assert "Takeaway 2\nFerries stopped." in said(opened)
    assert bench.commands.digest(Request(asker=ANN, text="2025-04-09")) == reply


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("2025-01-01", "No report of 1 Jan 2025 is stored. The newest day is 9 Apr 2025."),
        ("<yesterday>", "“<yesterday>” is no day"),
        ("2025-02-30", "is no day"),
    ],
)
def test_a_day_without_reports_or_no_day_at_all(bench: DigestBench, text: str, answer: str) -> None:
    assert answer in ask(bench.commands.digest, text)


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    assert "No dated reports" in ask(sqlite_bench(tmp_path).commands.digest)


def test_old_and_foreign_buttons_are_answered(bench: DigestBench) -> None:
    press = bench.commands.open(Request(asker=ANN, text="0000000000000000:1"))
    assert press == Reply(toast="I no longer keep that edition.")
    for text in ("", ":", "x:y:z", "topics:-", "time:+9999", "zone:Mars", "nowhere:1"):
        assert bench.commands.press(Request(asker=ANN, text=text)).toast
    ask(bench.commands.subscribe)
    for text in ("time:+9999", "time:x", "zone:Mars", "days:+9", "days:x", "pause:soon", "no:1"):
        reply = bench.commands.press(Request(asker=ANN, text=text))
        assert reply.toast == "I don’t know that choice any more.", text  # noqa: RUF001
    assert wanted(bench) == KYIV_MORNING


def test_every_screen_opens_fits_and_goes_back(bench: DigestBench) -> None:
    ask(bench.commands.subscribe, "topics: grain, ports")
    home = bench.commands.settings(Request(asker=ANN, text="")).messages[0]
    screens = [button.data for row in home.keyboard for button in row]
    assert len(screens) == 9
    for data in screens:
        assert data is not None
        reply = bench.commands.press(Request(asker=ANN, text=data.removeprefix("st:")))
        assert reply.edit
        buttons = [button for row in reply.messages[0].keyboard for button in row]
        assert buttons[-1].data == "st:home"
        assert len(buttons) <= 100
        assert len(buttons) > 1


def test_pressing_a_choice_twice_or_later_asks_for_the_same(bench: DigestBench) -> None:
    ask(bench.commands.subscribe)
    for expected in ("Saved.", "It is so already."):
        reply = bench.commands.press(Request(asker=ANN, text="time:+1800"))
        assert reply.toast == expected
        assert wanted(bench).times == (time(7, 30), time(18))
    reply = bench.commands.press(Request(asker=ANN, text="unsubscribe:yes"))
    assert "Unsubscribed" in said(reply)
    gone = bench.commands.press(Request(asker=ANN, text="unsubscribe:yes"))
    assert gone.toast == "There is no digest here any more; /subscribe starts one."


def press(subscription: Subscription, data: str) -> Subscription:
    return chosen(subscription, Press.read(data), ["Harbour", "East"])


def test_what_each_choice_means() -> None:
    base = KYIV_MORNING
    assert press(base, "time:+0615").times == (time(6, 15), time(7, 30))
    assert press(base, "days:work").weekdays == frozenset(range(5))
    assert press(base, "days:-6").weekdays == frozenset(range(6))
    assert press(base, "zone:Asia/Tokyo").zone == "Asia/Tokyo"
    with_publisher = press(base, f"publishers:+{tag('East')}")
    assert with_publisher.publishers == ("East",)
    assert press(with_publisher, f"publishers:+{tag('East')}") == with_publisher
    assert press(with_publisher, f"publishers:-{tag('East')}").publishers == ()
    assert press(base, "always:1").always
    assert press(base, "sound:0").quiet
    assert press(base, "pause:2025-05-01").paused_until == date(2025, 5, 1)
    assert press(press(base, "pause:2025-05-01"), "pause:none") == base


@pytest.mark.parametrize(
    ("data", "key"),
    [("time:-0730", "last_time"), ("publishers:+nobody", "stale"), ("topics:+x", "stale")],
)
def test_choices_that_can_not_be(data: str, key: str) -> None:
    with pytest.raises(SubscriptionError, match=key):
        press(KYIV_MORNING, data)


def test_a_change_of_time_makes_up_for_nothing_gone_by(bench: DigestBench) -> None:
    bench.clock.moment = datetime(2025, 4, 10, 9, 0, tzinfo=UTC)  # noon in Kyiv
    ask(bench.commands.subscribe, "07:30")
    ask(bench.commands.subscribe, "10:00")
    known = bench.stores.subscribers.at(ANN.place)
    assert known is not None
    assert known.next_due == datetime(2025, 4, 11, 7, 0, tzinfo=UTC)


def test_a_change_after_an_outage_leaves_overdue_what_is_overdue(bench: DigestBench) -> None:
    subscriber = bench.subscribe(7)
    bench.clock.moment += timedelta(days=3)
    ask(bench.commands.subscribe, "quiet")
    known = bench.stores.subscribers.at(ANN.place)
    assert known is not None
    assert (known.settled, known.next_due) == (subscriber.settled, subscriber.next_due)


def status(bench: DigestBench, asker: Asker = ANN, *operators: int) -> str:
    about = SubscriptionWords(load_texts())
    made = DeliveryStatus(bench.stores.deliveries, about, bench.clock, operators)
    return ask(made.say, asker=asker)


def test_the_status_counts_and_tells_what_is_old_and_what_went_wrong(bench: DigestBench) -> None:
    for chat_id in (1, 2, 3):
        bench.subscribe(chat_id)
    bench.add(day_report(DAY, "Grain exports rose.", name="later"))
    bench.channel.fate_of = {
        1: Fate(error=RejectedError("can't parse"), accepted=False),
        2: Fate(error=BlockedError("blocked by the user"), accepted=False),
        3: Fate(error=UnknownOutcomeError("the connection broke")),
    }
    bench.clock.moment = datetime(2025, 4, 10, 4, 30, tzinfo=UTC)
    asyncio.run(bench.tick())
    bench.clock.pass_(hours=3)
    text = status(bench, ANN, 7)
    assert "unknown: 1, the oldest for 3 h" in text
    assert "failed: 1\n" in text
    assert "failed, 1: can't parse" in text
    assert "unknown, 1: the connection broke" in text
    assert "subscriptions: 2 active" in text
    assert "ended (blocked by the user): 1" in text


def test_the_status_is_for_operators_in_private(bench: DigestBench) -> None:
    assert status(bench).startswith("Only the bot")
    assert status(bench, ANN, 8).startswith("Only the bot")
    assert status(bench, GROUP, 7) == "Ask me that in our private chat."
