"""Updates are served by one worker, and by another when that one dies: on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.leadership import SETTLED, Leadership
from bot.presence import Presence
from bot.update_claims import Begun, UpdateClaims, create, metadata
from bot.webhook_secret import VARIABLE, secret_of
from index.errors import SettingsError
from index.sql import open_engine
from tests.fakes.servers import running_postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

NOW = datetime(2025, 4, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture
def shared(postgresql: str) -> Iterator[Engine]:
    yield from _engine(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'claims.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    yield from _engine(url)


def _engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url)
    metadata.drop_all(opened)
    create(opened)
    yield opened
    opened.dispose()


def worker(engine: Engine, number: int) -> tuple[UpdateClaims, Presence]:
    presence = Presence(engine, number)
    presence.enter()
    return UpdateClaims(engine, presence), presence


def test_an_update_is_begun_once_and_done_for_good(engine: Engine) -> None:
    claims, presence = worker(engine, 1)
    assert claims.begin(7, NOW) is Begun.MINE
    assert claims.begin(7, NOW) is Begun.ELSEWHERE  # this worker is at it
    claims.finish(7)
    claims.let_go(7)
    assert claims.begin(7, NOW) is Begun.DONE
    assert claims.prune(NOW + timedelta(seconds=1)) == 1
    assert claims.begin(7, NOW) is Begun.MINE
    presence.leave()


def test_what_a_worker_could_not_finish_it_takes_up_again(engine: Engine) -> None:
    claims, presence = worker(engine, 1)
    claims.begin(7, NOW)
    claims.replying(7)
    claims.let_go(7)
    assert claims.begin(7, NOW) is Begun.MINE_IN_DOUBT
    presence.leave()


def test_what_a_dead_worker_left_is_taken_over_by_one_alone(shared: Engine) -> None:
    (first, dying), (second, living), (third, other) = (worker(shared, n) for n in (1, 2, 3))
    first.begin(7, NOW)
    first.begin(8, NOW)
    first.replying(8)
    assert second.begin(7, NOW) is Begun.ELSEWHERE
    assert living.living() == 3
    dying.leave()
    assert living.living() == 2
    assert second.begin(7, NOW) is Begun.MINE
    assert third.begin(7, NOW) is Begun.ELSEWHERE
    assert third.begin(8, NOW) is Begun.MINE_IN_DOUBT
    living.leave()
    other.leave()


def test_one_leads_until_it_resigns_and_settles_after_a_while(shared: Engine) -> None:
    now = [100.0]
    one, other = (Leadership(shared, lambda: now[0]) for _ in range(2))
    assert one.leads()
    assert one.leads()
    assert not other.leads()
    assert not one.is_settled()
    now[0] += SETTLED
    assert one.is_settled()
    assert not other.is_settled()
    one.resign()
    assert other.leads()
    assert not one.leads()
    other.resign()


def test_a_lost_connection_ends_leading_once(shared: Engine) -> None:
    one = Leadership(shared)
    assert one.leads()
    held = one._lock._held
    assert held is not None
    assert held.connection.dbapi_connection is not None
    held.connection.dbapi_connection.close()
    assert not one.leads()
    assert one.leads()
    one.resign()


def test_the_secret_is_the_environments_or_made_of_the_token() -> None:
    made = secret_of({}, "77:token")
    assert made == secret_of({VARIABLE: " "}, "77:token") != secret_of({}, "78:token")
    assert "token" not in made
    assert secret_of({VARIABLE: "a-secret-of-mine"}, "77:token") == "a-secret-of-mine"
    for bad in ("short", "with spaces in it, long", "x" * 257):
        with pytest.raises(SettingsError) as raised:
            secret_of({VARIABLE: bad}, "77:token")
        assert bad not in str(raised.value)
