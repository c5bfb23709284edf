"""Groups, votes and suggestions in SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot import chat_tables
from bot.feedback_store import FeedbackStore, Votes
from bot.group_store import GroupStore
from bot.suggestion_store import Suggestion, SuggestionStore
from index.sql import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

NOW = datetime(2025, 4, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'chat.sqlite'}")
    chat_tables.create(engine)
    chat_tables.create(engine)  # a second start finds them
    yield engine
    engine.dispose()


def test_a_group_opens_closes_and_moves(engine: Engine) -> None:
    groups = GroupStore(engine)
    assert groups.open(-5, NOW)
    assert not groups.open(-5, NOW)
    groups.open(-6, NOW)
    groups.move_chat(-5, -1005)
    assert (groups.has(-5), groups.has(-1005), groups.has(-6)) == (False, True, True)
    groups.move_chat(-6, -1005)
    assert groups.close(-1005)
    assert not groups.close(-1005)


def test_votes_are_replaced_forgotten_and_pruned(engine: Engine) -> None:
    votes = FeedbackStore(engine)
    votes.vote("a", 1, good=True, at=NOW)
    votes.vote("a", 1, good=False, at=NOW)
    votes.vote("a", 2, good=True, at=NOW + timedelta(days=1))
    votes.vote("b", 2, good=True, at=NOW + timedelta(days=1))
    assert votes.counts() == Votes(good=2, bad=1)
    assert votes.prune(NOW + timedelta(hours=1)) == 1
    assert votes.forget(2)
    assert not votes.forget(2)
    assert votes.counts() == Votes(good=0, bad=0)


def test_suggestions_keep_their_order_and_are_forgotten(engine: Engine) -> None:
    store = SuggestionStore(engine)
    offered = [Suggestion(id="z", question="one?"), Suggestion(id="b", question="two?")]
    store.save("a", 1, offered, at=NOW)
    store.save("c", 2, [Suggestion(id="d", question="three?")], at=NOW + timedelta(days=1))
    store.save("e", 2, [], at=NOW)
    assert store.of_answer("a") == offered
    assert store.of_answer("e") == []
    assert store.question("b") == "two?"
    assert store.question("nothing") is None
    assert store.prune(NOW + timedelta(hours=1)) == 2
    assert store.forget(2)
    assert not store.forget(1)
