"""Servers that are away: waited for a while, named without a password, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot import settings
from bot.servers import await_servers
from index.errors import ModelError, StoreError
from index.ports import Window
from index.reconnect import ReconnectingVectors
from tests.fakes.indexes import MemoryVectors, Shelf
from tests.fakes.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from index.ports import VectorIndex


def test_the_start_waits_for_servers_and_then_names_the_one_that_is_away(tmp_path: Path) -> None:
    config = tmp_path / "servers.toml"
    port = free_port()
    config.write_text(
        f'[stores]\ndatabase_url = "postgresql+psycopg://me:hidden@127.0.0.1:{port}/briefing"\n'
    )
    waited: list[float] = []
    with pytest.raises(StoreError) as raised:
        await_servers(settings.load(config), tmp_path, pauses=(1.0, 2.0), sleep=waited.append)
    assert waited == [1.0, 2.0]
    assert f"127.0.0.1:{port}" in str(raised.value)
    assert "hidden" not in str(raised.value)
    await_servers(settings.load(), tmp_path)  # nothing to wait for in a data folder


def test_an_index_is_opened_anew_after_it_failed() -> None:
    shelf = Shelf()
    failures = [StoreError("refused"), StoreError("refused"), None]

    def connect() -> VectorIndex:
        failure = failures.pop(0)
        if failure is not None:
            raise failure
        return MemoryVectors(shelf, "model")

    vectors = ReconnectingVectors(connect, "http://chroma:8000", pauses=(0.0, 0.0))
    assert vectors.count() == 0  # at the third try
    assert vectors.nearest(np.ones(8, np.float32), top=1, window=Window()) == []
    assert not failures


def test_an_index_that_stays_away_is_named_and_another_model_is_not_tried_again() -> None:
    tries: list[Exception] = []

    def away() -> VectorIndex:
        tries.append(StoreError("refused"))
        raise tries[-1]

    with pytest.raises(StoreError, match="http://chroma:8000 is not to be used for now"):
        _ = ReconnectingVectors(away, "http://chroma:8000", pauses=(0.0,)).instance
    assert len(tries) == 2

    def another() -> VectorIndex:
        tries.append(ModelError("built with another"))
        raise tries[-1]

    with pytest.raises(ModelError):
        ReconnectingVectors(another, "http://chroma:8000", pauses=(0.0,)).count()
    assert len(tries) == 3
