"""Every text a person reads, from one catalogue: a translation is another file of the same keys."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.markup import Html, fill
from index.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

_MONTHS_A_YEAR = 12


class Texts:
    """Texts by dotted key, with ``{names}`` to fill in.

    Raises:
        KeyError: no text has that key, or a value for one of its names is lacking.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, /, **values: str | int) -> Html:
        """Return a text as markup; text among the values is escaped, markup is kept."""
        return fill(self._texts[key], **values)

    def plain(self, key: str, /, **values: str | int) -> str:
        """Return a text as it is, for labels and terminals."""
        return self._texts[key].format_map(values)

    def count(self, key: str, n: int) -> str:
        """Return a number with its noun."""
        return self.plain(f"count.{key}.{'one' if n == 1 else 'other'}", n=n)

    def day(self, day: date | None) -> str:
        """Return a calendar day, or that there is none."""
        if day is None:
            return self.plain("dates.undated")
        month = self.plain("dates.months").split()[day.month - 1]
        return self.plain("dates.day", day=day.day, month=month, year=day.year)

    def days(self, first: date | None, last: date | None) -> str:
        """Return a span of days."""
        if first == last or first is None:
            return self.day(last)
        return self.plain("dates.span", first=self.day(first), last=self.day(last))

    def moment(self, moment: datetime) -> str:
        """Return a moment, given in UTC."""
        return self.plain("dates.moment", day=self.day(moment.date()), time=f"{moment:%H:%M}")

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._texts)


def load_texts(path: Path | None = None) -> Texts:
    """Read a catalogue, the English one by default.

    Raises:
        SettingsError: the file can't be read, or a text is lacking, unknown, or fills in other
            names than the English one.
    """
    english = _flattened(files("config").joinpath("texts.toml").read_text(encoding="utf-8"))
    if path is None:
        return Texts(english)
    try:
        other = _flattened(path.read_text(encoding="utf-8"))
        wrong = english.keys() ^ other.keys()
        wrong |= {key for key in other.keys() - wrong if _names(other[key]) != _names(english[key])}
    except (OSError, ValueError) as error:
        raise SettingsError(f"the texts in {path} can't be read: {error}") from error
    if wrong:
        raise SettingsError(f"the texts in {path} differ from the English ones at {min(wrong)!r}")
    return Texts(other)


def _flattened(document: str) -> dict[str, str]:
    def walk(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
        for name, value in table.items():
            if isinstance(value, dict):
                yield from walk(value, f"{prefix}{name}.")
            else:
                yield prefix + name, str(value)

    flat = dict(walk(tomllib.loads(document), ""))
    if len(flat.get("dates.months", "").split()) != _MONTHS_A_YEAR:
        raise ValueError("'dates.months' does not name twelve months")
    return flat


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
