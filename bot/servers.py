"""Waiting for the servers a bot is started beside: they may take longer to start than it does."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from bot.build import chroma_for, engine_for
from index.errors import StoreError
from index.sql import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.settings import Settings

_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)  # a minute in all

log = logging.getLogger(__name__)


def await_servers(
    settings: Settings,
    data: Path,
    *,
    pauses: Sequence[float] = _PAUSES,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once the database and Chroma answer, where they are servers.

    Raises:
        StoreError: one of them does not, a minute long; the text names its address.
    """
    for pause in pauses:
        try:
            _reach(settings, data)
        except StoreError as error:
            log.warning("next try in %d s: %s", pause, error)
            sleep(pause)
        else:
            return
    _reach(settings, data)


def _reach(settings: Settings, data: Path) -> None:
    if settings.stores.database_url:
        engine = engine_for(settings, data)
        try:
            with reading(engine):
                pass
        finally:
            engine.dispose()
    if settings.stores.chroma_url:
        chroma_for(settings, data)
