"""The listed names in one report: where they stand, how full they were so far, whose they are."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.tokens import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.lexicon import Lexicon, Mention
    from index.tokens import Token

_POSSESSIVE: Final = re.compile("['\u2019]s?$")
_WORD: Final = re.compile(r"[^\W_]+")
_SMALL: Final = word_set("of the for to in at from and & with on by a an ( )")
# Who rules a place is of its side; who lives there may be of any.
_RULING: Final = word_set(
    "head mayor governor council administration official officials authorities police prosecutor"
    " prosecutors advisor adviser deputy spokesperson spokesman military mayoral commander chairman"
)
_INSTITUTIONS: Final = word_set(
    "ministry command directorate embassy council service brigade fleet agency department"
)
SPEAKS: Final = frozenset(Kind) - {Kind.PLACE, Kind.TERM}
_BODIES: Final = frozenset({Kind.BODY, Kind.INSTITUTION, Kind.OFFICE, Kind.OUTLET})
_STATES: Final = frozenset({Kind.SIDE, Kind.CAPITAL})
# "Envoy to Ukraine", "works on Ukraine": the country spoken of, not the speaker's own.
_TOWARDS: Final = word_set("on to in into near with against about over for")
_BEHIND: Final = 2  # a possessive ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody who can say something; ``words`` are those by which a report spoke of them.

    Args:
        person: a person with a name; ``human`` one with or without.
        female: None where the given name doesn't tell.
    """

    name: str
    side: str | None
    person: bool = False
    human: bool = False
    female: bool | None = None
    plural: bool = False
    words: frozenset[str] = frozenset()


def words_in(tokens: Iterable[Token]) -> frozenset[str]:
    """Return the words of a phrase in lower case, without small ones and those in brackets."""
    found, depth = set(), 0
    for token in tokens:
        depth += (token.low == "(") - (token.low == ")")
        if not depth or token.text.isupper():
            found.add(token.word)
    return frozenset(found) - _SMALL


def bare(name: str) -> str:
    """Return a name without a possessive ending."""
    return _POSSESSIVE.sub("", name)


class Names:
    """The listed names of one report, learned in reading order."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._nouns = lexicon.speakers | lexicon.units
        self._mentions = lexicon.find(text)
        self._starts = [mention.start for mention in self._mentions]
        self._read = 0  # mentions before this one are known
        self._fullest: dict[str, str] = {}
        self._owned: dict[str, dict[str, int]] = {}
        self._sided: dict[str, str] = {}

    def read(self, end: int) -> list[Mention]:
        """Take note of the names that stand before ``end``; return the people named in full."""
        people = []
        while self._read < len(self._mentions) and self._mentions[self._read].end <= end:
            mention = self._mentions[self._read]
            self._read += 1
            if mention.kind is Kind.PERSON:
                if self.is_office(mention):
                    continue
                if " " in self._text[mention.start : mention.end]:
                    people.append(mention)
            self._learn(mention)
        return people

    def at(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that lie between two offsets."""
        found = []
        for n in range(bisect_left(self._starts, start), len(self._mentions)):
            mention = self._mentions[n]
            if mention.start >= end:
                break
            if mention.end <= end + _BEHIND:
                found.append(mention)
        return found

    def covers(self, start: int, end: int) -> bool:
        """Tell whether the word at these offsets belongs to a name of several words."""
        before = bisect_left(self._starts, end) - 1
        return before >= 0 and self._mentions[before].end > start

    def fullest(self, mention: Mention) -> str | None:
        """Return the fullest form of a name so far."""
        return self._fullest.get(mention.key)

    def known_as(self, mention: Mention, name: str) -> str:
        """Return a listed person's name at its fullest; one never named in full, as listed."""
        full = self._fullest.get(mention.key, name)
        shown = self._lexicon.name(mention.key)
        return shown if " " not in full and shown.endswith(f" {full}") else full

    def is_office(self, mention: Mention) -> bool:
        """Tell whether a person is named by office ("Kremlin Spokesperson"), not by name."""
        words = self._text[mention.start : mention.end].lower().split()
        return any(word in self._nouns for word in words)

    def owned(self, part: str, words: frozenset[str]) -> Speaker | None:
        """Return which side's body a bare "General Staff" is: the one named last."""
        sides = self._owned.get(part, {})
        if not sides:
            return None
        key = max(sides, key=sides.__getitem__)
        return Speaker(name=self._fullest[key], side=self._lexicon.side_of(key), words=words)

    def side(self, mentions: Sequence[Mention], words: frozenset[str]) -> str | None:
        """Return the side that names and words tell: the first one, or a part of it named later."""
        told = [one for one in mentions if one.kind in SPEAKS and one.side is not None]
        outlets = [one.side for one in told if one.kind is Kind.OUTLET]
        if outlets:
            return outlets[-1]
        by_word = [side for word, side in self._lexicon.speaker_sides.items() if word in words]
        side: str | None = None
        for one in (*(mention.side for mention in told), *by_word):
            if side is None or self._lexicon.covers(one, side):
                side = one
        if side is None and words & _RULING:
            side = next((one.side for one in mentions if one.kind is Kind.PLACE), None)
        return side

    def side_of_role(self, start: int, end: int) -> str | None:
        """Return the side of whoever has the role in ``text[start:end]``.

        An institution in it decides ("head of the European desk at the Russian MFA"), then a
        country that is no mere object ("envoy to"), then "the ministry" as it was named last.
        """
        mentions = self.at(start, end)
        words = frozenset(_WORD.findall(self._text[start:end].lower())) - _SMALL
        bodies = [one for one in mentions if one.kind in _BODIES]
        sides = [one.side or self._side_of_owned(one.key, words) for one in bodies]
        told = next((side for side in sides if side is not None), None)
        if told is not None:
            return told
        side = self.side([one for one in mentions if not self._is_object(one)], words)
        return side or self.side_of_institution(words)

    def side_of_institution(self, words: frozenset[str]) -> str | None:
        """Return the side of "the ministry" or "the command": of the one that was named last."""
        return next((self._sided[word] for word in words if word in self._sided), None)

    def _side_of_owned(self, part: str, words: frozenset[str]) -> str | None:
        speaker = self.owned(part, words)
        return speaker.side if speaker is not None else None

    def _is_object(self, mention: Mention) -> bool:
        if mention.kind not in _STATES or self._text[mention.start : mention.end].endswith("an"):
            return False
        before = self._text[max(0, mention.start - 10) : mention.start].split()
        owns = self._text[mention.end : mention.end + 1] in {"'", "\u2019"}
        return bool(before) and before[-1].lower() in _TOWARDS and not owns

    def _learn(self, mention: Mention) -> None:
        text = self._text[mention.start : mention.end]
        if mention.kind in _BODIES and mention.side is not None:
            for word in text.lower().replace("\u2019s", "").split():
                if word in _INSTITUTIONS:
                    self._sided[word] = mention.side
        if mention.kind is Kind.BODY and mention.side is not None:
            part = mention.key.partition(".")[2]
            self._owned.setdefault(part, {})[mention.key] = mention.start
        if len(text) > len(self._fullest.get(mention.key, "")):
            self._fullest[mention.key] = text
