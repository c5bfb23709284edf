"""The lexicon as written in `config/lexicon.toml`: its tables, checked."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Kind(StrEnum):
    """What a name names; where one name names several things, the first of these wins."""

    PERSON = "person"
    INSTITUTION = "institution"
    OUTLET = "outlet"
    OFFICE = "office"
    BODY = "body"
    GROUP = "group"
    CAPITAL = "capital"
    SIDE = "side"
    PLACE = "place"
    TERM = "term"


OWNED: Final = frozenset({Kind.BODY, Kind.GROUP, Kind.OFFICE})
"""What every side has, named with the side's adjective before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing with its names, the shown one first."""

    key: str
    kind: Kind
    side: str | None
    names: tuple[str, ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Side(_Table):
    """A party: an adjective can't stand alone ("Russian"), a noun can ("Russia")."""

    name: str
    parent: str | None = None
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    words: tuple[str, ...]


class PublisherWords(_Table):
    """The publisher as a side, and how it names itself."""

    side: str
    words: tuple[str, ...]


class SpeakerWords(_Table):
    """Common nouns of speakers and what stands before them."""

    sides: dict[str, str] = {}
    words: frozenset[str]
    people: frozenset[str] = frozenset()
    units: frozenset[str]
    modifiers: frozenset[str]


Names = dict[str, tuple[str, ...]]


class LexiconData(_Table):
    """The whole file."""

    publisher: PublisherWords
    ordinary: frozenset[str] = frozenset()
    shared_surnames: frozenset[str] = frozenset()
    given_names: tuple[tuple[str, ...], ...] = ()
    female_names: frozenset[str] = frozenset()
    sides: dict[str, Side]
    capitals: dict[str, Names] = {}
    bodies: Names = {}
    groups: Names = {}
    offices: Names = {}
    holders: Names = {}
    people: dict[str, Names] = {}
    institutions: dict[str, Names] = {}
    outlets: dict[str, Names] = {}
    places: dict[str, Names] = {}
    terms: Names = {}
    saying: Names = {}
    saying_that: Names = {}
    saying_by_people: Names = {}
    sayings: Names = {}
    judging: Names = {}
    supposing: Names = {}
    speakers: SpeakerWords

    def entries(self) -> Iterator[Entry]:
        """Yield every entry of every table."""
        for key, side in self.sides.items():
            names = (side.name, *side.nouns, *side.adjectives, *side.words)
            yield Entry(key=key, kind=Kind.SIDE, side=key, names=names)
        for kind, sections in (
            (Kind.PERSON, self.people),
            (Kind.INSTITUTION, self.institutions),
            (Kind.OUTLET, self.outlets),
            (Kind.CAPITAL, self.capitals),
            (Kind.PLACE, self.places),
        ):
            for owner, section in sections.items():
                for key, names in section.items():
                    yield Entry(key=key, kind=kind, side=owner, names=names)
        for kind, section in (
            (Kind.BODY, self.bodies),
            (Kind.GROUP, self.groups),
            (Kind.OFFICE, self.offices),
            (Kind.TERM, self.terms),
        ):
            for key, names in section.items():
                yield Entry(key=key, kind=kind, side=None, names=names)


def read(path: Path | None) -> LexiconData:
    """Return the checked data of ``path``, or of the file that comes with the program.

    Raises:
        SettingsError: it can't be read, holds something unknown or empty, names a side or person
            that it doesn't list, or has one key twice.
    """
    where = str(path or "lexicon.toml")
    try:
        if path is None:
            text = resources.files("config").joinpath("lexicon.toml").read_text("utf-8")
        else:
            text = path.read_text("utf-8")
        data = LexiconData.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{where} can't be read: {error}; correct or replace it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{where}: {key}: {first['msg']}; correct that setting.") from error
    wrong = next(_faults(data), None)
    if wrong is not None:
        raise SettingsError(f"{where}: {wrong}; correct that setting.")
    return data


def _faults(data: LexiconData) -> Iterator[str]:
    """Yield what no schema can say: names that point nowhere, keys that stand twice."""
    entries = list(data.entries())
    counted = Counter(entry.key for entry in entries)
    yield from (f"{key!r} stands twice" for key, times in counted.items() if times > 1)
    named = [data.publisher.side, *data.speakers.sides.values()]
    named += [side.parent for side in data.sides.values() if side.parent is not None]
    named += [entry.side for entry in entries if entry.side is not None]
    yield from (f"{side!r} is no side" for side in named if side not in data.sides)
    for entry in entries:
        if not entry.names or not all(name.strip() for name in entry.names):
            yield f"{entry.kind} {entry.key!r} has an empty name or none"
    for office, holders in data.holders.items():
        side, _, part = office.partition(".")
        if side not in data.sides or part not in data.offices.keys() | data.bodies.keys():
            yield f"holders.{office}: no side has that office"
        missing = (one for one in holders if one not in counted)
        yield from (f"holders.{office}: no {one!r} is listed" for one in missing)
