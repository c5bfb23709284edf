"""Names and words of the field: who speaks, for which side, what places and verbs are called.

The data is `config/lexicon.toml`; this module looks its names up in texts and questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.guesses import Guess, guesses
from index.lexicon_data import OWNED, Entry, Kind, read
from index.nametree import NameTree, fold, folded, joined, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from index.lexicon_data import LexiconData, Names
    from index.nametree import Word

__all__ = ["Entry", "Guess", "Kind", "Lexicon", "Mention", "load"]

_UNGUESSED: Final = OWNED | {Kind.TERM, Kind.SIDE}


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


class Lexicon:
    """The checked data with its look-ups. Built once, never changed.

    Attributes:
        entries: every entry by its key.
        publisher: key of the side of the publisher's own judgements.
        publisher_words: how the publisher names itself in running text.
        saying: verb form to verb ("claimed" to "claim"); `sayings` the same for nouns.
        saying_that: the forms among them that tell of a statement only before "that" or a quote.
        saying_by_people: those that tell of one anyway where a person is the subject.
        judging: words that make a sentence the publisher's own judgement; of those, `supposing`
            holds the ones that are the source's own in a clause added to what it says.
        speakers: words that can stand for a speaker ("officials", "milblogger").
        human: those among them that are one human being.
        speaker_sides: those among them that tell the side by themselves, with its key.
        units: words for those who more often act than speak ("forces").
        modifiers: words that stand between an article and a speaker ("senior").
        given: every known given name; `female` those of women.
    """

    def __init__(self, data: LexiconData) -> None:
        self._data = data
        self.entries: Mapping[str, Entry] = {}
        self.publisher: Final = data.publisher.side
        self.publisher_words: Final = data.publisher.words
        self.saying_that: Final = frozenset(_forms(data.saying_that))
        self.saying: Final = _forms(data.saying) | _forms(data.saying_that)
        self.saying_by_people: Final = frozenset(_forms(data.saying_by_people))
        self.sayings: Final = _forms(data.sayings)
        self.supposing: Final = frozenset(_forms(data.supposing))
        self.judging: Final = _forms(data.judging) | _forms(data.supposing)
        self.speakers: Final = data.speakers.words
        self.human: Final = data.speakers.people
        self.speaker_sides: Final = data.speakers.sides
        self.units: Final = data.speakers.units
        self.modifiers: Final = data.speakers.modifiers
        self._given: Final = {one: group for group in data.given_names for one in group}
        self._names, self._belongs, self._parts = NameTree(), NameTree(), NameTree()
        self._single: dict[str, Entry] = {}
        entries = {entry.key: entry for entry in data.entries()}
        self.entries = entries
        for entry in entries.values():
            self._plant(entry)
        self._side_words: dict[str, str] = {}
        for key, side in data.sides.items():
            for adjective in (*side.adjectives, *side.nouns):
                self._belongs.add(adjective, entries[key], ordinary=False)
                self._side_words.setdefault(adjective, key)
        names = [name for entry in entries.values() for name in entry.names]
        names += [word for side in data.sides.values() for word in (*side.adjectives, *side.nouns)]
        self._small = {folded(name).split()[0] for name in names if not name[0].isupper()}
        self._firsts = {*self._names.next, *self._parts.next, *self._belongs.next}
        people = [entry.names[0] for entry in entries.values() if entry.kind is Kind.PERSON]
        self.given: Final = (
            frozenset(self._given) | {name.split()[0] for name in people} | data.female_names
        )
        self.female: Final = data.female_names

    def find(self, text: str, *, typed: bool = False) -> list[Mention]:
        """Return the names in ``text`` in order, whole words, the longest first, no overlap.

        Where ``typed``, it is a person's typing, and capitals mean nothing; else a printed report.
        """
        words = words_of(text)
        found: list[Mention] = []
        at = 0
        while at < len(words):
            small = not typed and words[at].text[0].islower()
            known = words[at].folded in (self._small if small else self._firsts)
            hit = self._longest(text, words, at, typed=typed) if known else None
            if hit is None:
                at += 1
                continue
            entry, stop = hit
            found.append(_mention(text, words, at, stop, entry))
            at = stop
        return found

    def find_typed(self, text: str, *, known: Collection[str] = ()) -> list[Mention]:
        """Return the names in a person's question, misspelt ones included, in order.

        Words in ``known`` (lower case) are no misspelling of a name.
        """
        found = self.find(text, typed=True)
        taken = [word for mention in found for word in range(mention.start, mention.end)]
        free = set(range(len(text))).difference(taken)
        for word in words_of(text):
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
        wanted = folded(phrase)
        if wanted in self.speakers or wanted in self.saying:
            return []
        return guesses(wanted, self._single, least=least, most=most)

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
        return tuple({fold(name): name for name in reversed((*names, *held))}.values())[::-1]

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
        tree = self._parts if entry.kind in OWNED else self._names
        names = list(entry.names)
        if entry.kind is Kind.PERSON:
            names += self._surname(entry)
            names += [one for name in entry.names for one in self._respelt(name)]
        for name in names:
            self._grow(tree, name, entry)
            if entry.kind not in _UNGUESSED:
                self._single.setdefault(folded(name), entry)

    def _respelt(self, name: str) -> list[str]:
        given, _, rest = name.partition(" ")
        return [f"{one} {rest}" for one in self.spellings(given) if rest and one != given]

    def _grow(self, tree: NameTree, name: str, entry: Entry) -> None:
        tree.add(name, entry, ordinary=name in self._data.ordinary)

    def _longest(
        self, text: str, words: Sequence[Word], at: int, *, typed: bool
    ) -> tuple[Entry, int] | None:
        """Return the longest name that starts at word ``at``, and the word behind it."""
        best = self._names.longest(text, words, at, typed=typed)
        for entry, stop in self._owned(text, words, at, typed=typed):
            if best is None or stop > best[1]:
                best = entry, stop
        return best

    def _owned(
        self, text: str, words: Sequence[Word], at: int, *, typed: bool
    ) -> Iterator[tuple[Entry, int]]:
        """Yield a body or office that starts here, with its side where that stands before it."""
        bare = self._parts.longest(text, words, at, typed=typed)
        if bare is not None and bare[0].kind is not Kind.GROUP:
            yield bare
        owner = self._belongs.longest(text, words, at, typed=typed)
        if owner is None:
            return
        side, stop = owner
        if stop < len(words) and joined(text, words, stop):
            part = self._parts.longest(text, words, stop, typed=typed)
            if part is not None:
                key = f"{side.key}.{part[0].key}"
                names = (f"{side.names[0]} {part[0].names[0]}",)
                yield Entry(key=key, kind=part[0].kind, side=side.key, names=names), part[1]


def _mention(text: str, words: Sequence[Word], at: int, stop: int, entry: Entry) -> Mention:
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
    return Lexicon(read(path))
