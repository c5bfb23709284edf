"""Names and words of the field: who speaks, for which side, what places and verbs are called.

The data is `config/lexicon.toml`; this module checks it and looks names up in texts and questions.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from index.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_WORD: Final = re.compile(r"([^\W_]+)(?:['’`]s\b)?")  # a possessive is the name all the same
_GAP: Final = re.compile(r"(?:['’`]s)?[ \t\xa0'’`.()/&\-\u2010-\u2014]{1,3}")
_INITIAL: Final = 2  # a dot may stand behind "U" or "St" inside a name, behind nothing longer
_SHORTEST_GUESS: Final = 5  # shorter words are a typing slip away from too many others
_SOUNDS: Final = {**dict.fromkeys("zs", "s"), **dict.fromkeys("kcq", "k"), **dict.fromkeys("gh", "h"),
                  **dict.fromkeys("vw", "v"), **dict.fromkeys("yiej", "i")}  # fmt: skip


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


_OWNED: Final = frozenset({Kind.BODY, Kind.GROUP, Kind.OFFICE})
_UNGUESSED: Final = _OWNED | {Kind.TERM, Kind.SIDE}
_RANK: Final = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name found at ``text[start:end]``.

    Args:
        key: the entry; a body or office of a side is ``side.body`` ("russia.general_staff"), one
            whose side is not said is the bare ``general_staff``.
        side: key of the side the name belongs to (a place: its state), or None.
        score: 100 for a name as listed, less for one recognised in spite of its spelling.
    """

    start: int
    end: int
    key: str
    kind: Kind
    side: str | None
    score: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An entry that a misspelt word may mean; ``score`` is a similarity, 0 to 100."""

    key: str
    kind: Kind
    side: str | None
    name: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing with its names, the shown one first."""

    key: str
    kind: Kind
    side: str | None
    names: tuple[str, ...]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Side(_Settings):
    name: str
    parent: str | None = None
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    words: tuple[str, ...]


class _Publisher(_Settings):
    side: str
    words: tuple[str, ...]


class _Speakers(_Settings):
    sides: dict[str, str] = {}
    words: frozenset[str]
    units: frozenset[str]
    modifiers: frozenset[str]


Names = dict[str, tuple[str, ...]]


class _Data(_Settings):
    """The file as written."""

    publisher: _Publisher
    ordinary: frozenset[str] = frozenset()
    shared_surnames: frozenset[str] = frozenset()
    given_names: tuple[tuple[str, ...], ...] = ()
    sides: dict[str, _Side]
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
    sayings: Names = {}
    judging: Names = {}
    speakers: _Speakers

    def entries(self) -> Iterator[Entry]:
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


@dataclass(slots=True)
class _Node:
    """A word of names in the tree of all names, and the names that end with it."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[tuple[Entry, tuple[str, ...], bool]] = field(default_factory=list)


class _Word(NamedTuple):
    start: int
    end: int
    text: str
    folded: str


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _words(text: str) -> list[_Word]:
    return [_Word(m.start(), m.end(1), m[1], _fold(m[1])) for m in _WORD.finditer(text)]


def _cased(written: str, listed: str) -> bool:
    """Tell whether a word has the capitals that the listed one has."""
    if len(listed) > 1 and listed.isupper():
        return written == listed
    return not listed[0].isupper() or written[0].isupper()


class Lexicon:
    """The checked data with its look-ups. Built once, never changed.

    Attributes:
        entries: every entry by its key.
        publisher: key of the side of the publisher's own judgements.
        publisher_words: how the publisher names itself in running text.
        saying: verb form to verb ("claimed" to "claim"); `sayings` the same for nouns.
        saying_that: the forms among them that tell of a statement only before "that" or a quotation.
        judging: word to the cue that a judgement with it is given ("indicates" to "suggest").
        speakers: words that can stand for a speaker ("officials", "milblogger").
        speaker_sides: those among them that tell the side by themselves, with its key.
        units: words for those who more often act than speak ("forces").
        modifiers: words that stand between an article and a speaker ("senior").
        given: every known given name.
    """

    def __init__(self, data: _Data) -> None:
        self._data = data
        self.entries: Mapping[str, Entry] = {}
        self.publisher: Final = data.publisher.side
        self.publisher_words: Final = data.publisher.words
        self.saying_that: Final = frozenset(_forms(data.saying_that))
        self.saying: Final = _forms(data.saying) | _forms(data.saying_that)
        self.sayings: Final = _forms(data.sayings)
        self.judging: Final = _forms(data.judging)
        self.speakers: Final = data.speakers.words
        self.speaker_sides: Final = data.speakers.sides
        self.units: Final = data.speakers.units
        self.modifiers: Final = data.speakers.modifiers
        self._given: Final = {one: group for group in data.given_names for one in group}
        self._names, self._belongs, self._parts = _Node(), _Node(), _Node()
        self._single: dict[str, Entry] = {}
        entries = {entry.key: entry for entry in data.entries()}
        self.entries = entries
        for entry in entries.values():
            self._plant(entry)
        self._side_words: dict[str, str] = {}
        for key, side in data.sides.items():
            for adjective in (*side.adjectives, *side.nouns):
                self._grow(self._belongs, adjective, entries[key])
                self._side_words.setdefault(adjective, key)
        people = [entry.names[0] for entry in entries.values() if entry.kind is Kind.PERSON]
        self.given: Final = frozenset(self._given) | {name.split()[0] for name in people}

    def find(self, text: str, *, typed: bool = False) -> list[Mention]:
        """Return the names in ``text`` in order, whole words, the longest first, no overlap.

        Args:
            typed: a person's typing, where capitals mean nothing; else a printed report.
        """
        words = _words(text)
        found: list[Mention] = []
        at = 0
        firsts = self._names.next, self._parts.next, self._belongs.next
        while at < len(words):
            first = words[at].folded
            if not any(first in some for some in firsts):
                at += 1
                continue
            hit = self._longest(text, words, at, typed=typed)
            if hit is None:
                at += 1
                continue
            entry, stop = hit
            found.append(_mention(text, words, at, stop, entry))
            at = stop
        return found

    def find_typed(self, text: str, *, known: Collection[str] = ()) -> list[Mention]:
        """Return the names in a person's question, misspelt ones included, in order.

        Args:
            known: words in lower case that are no misspelling of a name.
        """
        found = self.find(text, typed=True)
        taken = [word for mention in found for word in range(mention.start, mention.end)]
        free = set(range(len(text))).difference(taken)
        for word in _words(text):
            if word.start not in free or word.folded in known:
                continue
            guesses = self.fuzzy(word.text, most=1)
            if guesses:
                best = guesses[0]
                found.append(
                    Mention(
                        start=word.start,
                        end=word.end,
                        key=best.key,
                        kind=best.kind,
                        side=best.side,
                        score=best.score,
                    )
                )
        return sorted(found, key=lambda mention: mention.start)

    def fuzzy(self, phrase: str, *, least: float = 80.0, most: int = 3) -> list[Guess]:
        """Return the people, bodies and places that a misspelt name may mean, best first.

        Edits (swapped neighbours count once) are counted over the whole phrase. Words of the
        lexicon's verbs and speakers, and words shorter than five letters, are never guessed at.
        """
        wanted = " ".join(_fold(word) for word in _WORD.findall(phrase))
        if len(wanted) < _SHORTEST_GUESS or wanted in self.speakers or wanted in self.saying:
            return []
        sound = _SOUNDS.get(wanted[0], wanted[0])
        near = process.extract(
            wanted,
            [name for name in self._single if _SOUNDS.get(name[0], name[0]) == sound],
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=least / 100,
            limit=most * 4,
        )
        found: dict[str, Guess] = {}
        for name, similarity, _ in near:
            entry = self._single[name]
            guess = Guess(
                key=entry.key,
                kind=entry.kind,
                side=entry.side,
                name=name,
                score=100.0 * similarity,
            )
            found.setdefault(entry.key, guess)
        return list(found.values())[:most]

    def name(self, key: str) -> str:
        """Return the shown name of an entry, or of a side's body or office."""
        return self.variants(key)[0]

    def variants(self, key: str) -> tuple[str, ...]:
        """Return the spellings under which ``key`` stands in texts, the shown one first.

        Raises:
            KeyError: nothing has that key.
        """
        if key in self.entries:
            names: Iterable[str] = self.entries[key].names
            if self.entries[key].kind is Kind.PERSON:
                names = (*names, *self._surname(self.entries[key]))
        else:
            side, _, part = key.partition(".")
            owner = self._data.sides[side]
            before = (*owner.adjectives[:1], *owner.nouns[:1])
            pairs = [(a, n) for a in before for n in self._part(part)[:4]]
            names = [f"{adjective} {name}" for adjective, name in pairs]
        held = [self.entries[one].names[0] for one in self._data.holders.get(key, ())]
        return tuple({_fold(name): name for name in reversed((*names, *held))}.values())[::-1]

    def side_of(self, key: str) -> str | None:
        """Return the side of an entry, or of a side's body or office ("russia.general_staff")."""
        if key in self.entries:
            return self.entries[key].side
        side = key.partition(".")[0]
        return side if side in self._data.sides else None

    def side_name(self, side: str) -> str:
        """Return how a side is called in running text."""
        return self._data.sides[side].name

    @property
    def sides(self) -> tuple[str, ...]:
        """Every side's key."""
        return tuple(self._data.sides)

    def side_named(self, word: str) -> str | None:
        """Return the side that has ``word`` as an adjective or a noun ("Russian", "UK")."""
        return self._side_words.get(word)

    def is_side_adjective(self, word: str) -> bool:
        """Tell whether a side's word can't stand alone ("Russian", unlike "Russia")."""
        side = self._side_words.get(word)
        return side is not None and word in self._data.sides[side].adjectives

    def covers(self, side: str | None, asked: str) -> bool:
        """Tell whether what ``side`` says counts when ``asked`` is asked for: itself or a part."""
        while side is not None and side != asked:
            side = self._data.sides[side].parent
        return side is not None

    def holders(self, key: str) -> tuple[str, ...]:
        """Return the keys of the people who held an office ("ukraine.defense_minister")."""
        return self._data.holders.get(key, ())

    def spellings(self, given: str) -> tuple[str, ...]:
        """Return the ways to write a given name, itself included."""
        return self._given.get(given, (given,))

    def _part(self, part: str) -> tuple[str, ...]:
        return self.entries[part].names

    def _surname(self, entry: Entry) -> tuple[str, ...]:
        last = entry.names[0].rpartition(" ")[2]
        return () if last in self._data.shared_surnames else (last,)

    def _plant(self, entry: Entry) -> None:
        """Enter every name of an entry, a person's under each spelling of the given name."""
        tree = self._parts if entry.kind in _OWNED else self._names
        names = list(entry.names)
        if entry.kind is Kind.PERSON:
            names += self._surname(entry)
            names += [one for name in entry.names for one in self._respelt(name)]
        for name in names:
            self._grow(tree, name, entry)
            if entry.kind not in _UNGUESSED:
                self._single.setdefault(" ".join(_fold(one) for one in _WORD.findall(name)), entry)

    def _respelt(self, name: str) -> list[str]:
        given, _, rest = name.partition(" ")
        return [f"{one} {rest}" for one in self.spellings(given) if rest and one != given]

    def _grow(self, tree: _Node, name: str, entry: Entry) -> None:
        listed = tuple(_WORD.findall(name))
        node = tree
        for word in listed:
            node = node.next.setdefault(_fold(word), _Node())
        node.ends.append((entry, listed, name in self._data.ordinary))

    def _longest(
        self, text: str, words: Sequence[_Word], at: int, *, typed: bool
    ) -> tuple[Entry, int] | None:
        """Return the longest name that starts at word ``at``, and the word behind it."""
        best = _walk(self._names, text, words, at, typed=typed)
        for entry, stop in self._owned(text, words, at, typed=typed):
            if best is None or stop > best[1]:
                best = entry, stop
        return best

    def _owned(
        self, text: str, words: Sequence[_Word], at: int, *, typed: bool
    ) -> Iterator[tuple[Entry, int]]:
        """Yield a body or office that starts here, with its side where that stands before it."""
        bare = _walk(self._parts, text, words, at, typed=typed)
        if bare is not None and bare[0].kind is not Kind.GROUP:
            yield bare
        owner = _walk(self._belongs, text, words, at, typed=typed)
        if owner is None:
            return
        side, stop = owner
        if stop < len(words) and _joined(text, words, stop):
            part = _walk(self._parts, text, words, stop, typed=typed)
            if part is not None:
                key = f"{side.key}.{part[0].key}"
                names = (f"{side.names[0]} {part[0].names[0]}",)
                yield Entry(key=key, kind=part[0].kind, side=side.key, names=names), part[1]


def _walk(
    tree: _Node, text: str, words: Sequence[_Word], at: int, *, typed: bool
) -> tuple[Entry, int] | None:
    """Follow the words from ``at`` down the tree; return the longest name and its end."""
    node = tree.next.get(words[at].folded)
    best: tuple[Entry, int] | None = None
    stop = at
    while node is not None:
        stop += 1
        for entry, listed, ordinary in node.ends:
            if (typed and not ordinary) or all(
                _cased(word.text, one) for word, one in zip(words[at:stop], listed, strict=True)
            ):
                longer = best is None or best[1] < stop
                if longer or (best is not None and _RANK[entry.kind] < _RANK[best[0].kind]):
                    best = entry, stop
        if stop == len(words) or not node.next or not _joined(text, words, stop):
            break
        node = node.next.get(words[stop].folded)
    return best


def _joined(text: str, words: Sequence[_Word], at: int) -> bool:
    """Tell whether word ``at`` and the one before it can stand in one name."""
    before, word = words[at - 1], words[at]
    gap = text[before.end : word.start]
    if _GAP.fullmatch(gap) is None:
        return False
    return "." not in gap or before.end - before.start <= _INITIAL


def _mention(text: str, words: Sequence[_Word], at: int, stop: int, entry: Entry) -> Mention:
    start, end = words[at].start, words[stop - 1].end
    if "(" in text[start:end] and text[end : end + 1] == ")":
        end += 1
    return Mention(start=start, end=end, key=entry.key, kind=entry.kind, side=entry.side)


def _forms(words: Names) -> dict[str, str]:
    return {form: word for word, forms in words.items() for form in forms}


def load(path: Path | None = None) -> Lexicon:
    """Return the lexicon of ``path``, or the one that comes with the program.

    Raises:
        SettingsError: the file can't be read, or holds something unknown or impossible.
    """
    where = str(path or "lexicon.toml")
    try:
        if path is None:
            text = resources.files("config").joinpath("lexicon.toml").read_text("utf-8")
        else:
            text = path.read_text("utf-8")
        data = _Data.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{where} can't be read: {error}; correct or replace it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{where}: {key}: {first['msg']}; correct that setting.") from error
    return Lexicon(data)
