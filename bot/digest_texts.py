"""The sentences of digests and subscriptions, from their own catalogue."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def load_digest_texts() -> Texts:
    """Read the catalogue that comes with the package."""
    document = files("config").joinpath("digest_texts.toml").read_text(encoding="utf-8")
    return Texts(dict(_flat(tomllib.loads(document), "")))


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, str(value)
