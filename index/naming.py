"""The names in one report: where they stand, how full they were so far, whose side they are on."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.phrases import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.lexicon import Lexicon, Mention
    from index.phrases import Token

_FULL_NAME: Final = re.compile(
    "\\b([A-Z][\\w\u2019'-]+) ((?:[A-Z][\\w\u2019'-]+ )?[A-Z][\\w\u2019'-]+)"
)
_BEFORE_NAME: Final = 120  # characters in which a role stands before a name
_ROLE_START: Final = re.compile(
    "[.;:!?\u201c\u201d\n\u2014\u2013]|\\b(?:that|and|but|while|by|with)\\b"
)
_POSSESSIVE: Final = re.compile("['\u2019]s?$")
_SMALL: Final = word_set("of the for to in at from and & with on by a an ( )")
# Who rules a place is of its side; who lives there may be of any.
_RULING: Final = word_set(
    "head mayor governor council administration official officials authorities police prosecutor"
    " prosecutors advisor adviser deputy spokesperson spokesman military mayoral commander chairman"
)
_THINGS: Final = word_set(
    "outlet newspaper channel agency organization magazine project group site website company"
    " publication newswire source tabloid center institute brigade battalion regiment"
)
SPEAKS: Final = frozenset(Kind) - {Kind.PLACE, Kind.TERM}
_SLACK: Final = 2  # a possessive ending behind a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody who can say something; ``words`` are those by which a report spoke of them."""

    name: str
    side: str | None
    person: bool = False
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
    """The names of one report, learned in reading order."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._nouns = lexicon.speakers | lexicon.units
        self._mentions = lexicon.find(text)
        self._starts = [mention.start for mention in self._mentions]
        self._read = 0  # mentions before this one are known
        self._fullest: dict[str, str] = {}
        self._owned: dict[str, dict[str, int]] = {}
        self._people: dict[str, Speaker] = {}
        self._unread = self._introductions()[::-1]

    def read(self, end: int) -> None:
        """Take note of the names that stand before ``end``."""
        while self._read < len(self._mentions) and self._mentions[self._read].end <= end:
            self._learn(self._mentions[self._read])
            self._read += 1
        while self._unread and self._unread[-1][0] < end:
            speaker = self._unread.pop()[1]
            surname = _surname(speaker.name)
            known = self._people.get(surname)
            if known is None or len(known.name) <= len(speaker.name):
                self._people[surname] = speaker

    def at(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that lie between two offsets."""
        found = []
        for mention in self._mentions[bisect_left(self._starts, start) :]:
            if mention.start >= end:
                break
            if mention.end <= end + _SLACK:
                found.append(mention)
        return found

    def covers(self, start: int, end: int) -> bool:
        """Tell whether the word at these offsets belongs to a name of several words."""
        before = bisect_left(self._starts, end) - 1
        return before >= 0 and self._mentions[before].end > start

    def fullest(self, mention: Mention) -> str | None:
        """Return the fullest form of a name so far."""
        return self._fullest.get(mention.key)

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

    def person(
        self,
        tokens: Sequence[Token],
        mentions: Sequence[Mention],
        words: frozenset[str],
        context: Sequence[Token],
    ) -> Speaker | None:
        """Return the person whose name ends a phrase; ``context`` stands before its comma."""
        start = self._name_start(tokens, mentions)
        if start is None:
            return None
        name = bare(self._text[tokens[start].start : tokens[-1].end])
        surname = _surname(name)
        alone = start == len(tokens) - 1
        known = self._people.get(surname if alone else name.lower())
        if known is not None:
            return known
        last = mentions[-1] if mentions and mentions[-1].end >= tokens[-1].end - _SLACK else None
        listed = last is not None and last.start <= tokens[start].start
        if listed and last is not None and last.kind is Kind.PERSON and not self.is_office(last):
            speaker = Speaker(
                name=self._known_as(last, name), side=last.side, person=True, words=words
            )
        elif alone and start == 0:
            return None  # a single unknown word with a capital
        else:
            side = self.side(mentions, words)
            if side is None and context:
                near = self.at(context[0].start, context[-1].end)
                side = self.side(near, frozenset(token.low for token in context))
            person = start == 0 or tokens[start - 1].low not in _THINGS
            speaker = Speaker(name=name, side=side, person=person, words=words)
        self._people[surname] = self._people[name.lower()] = speaker
        return speaker

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

    def _known_as(self, mention: Mention, name: str) -> str:
        """Return a listed person's name at its fullest; one never named in full, as listed."""
        full = self._fullest.get(mention.key, name)
        shown = self._lexicon.name(mention.key)
        return shown if " " not in full and shown.endswith(f" {full}") else full

    def _name_start(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> int | None:
        """Return the index of the token at which the name that ends the phrase begins."""
        start = len(tokens)
        while start and tokens[start - 1].capital and self._is_name(tokens[start - 1], mentions):
            start -= 1
        if start == len(tokens):
            return None
        for given in range(start, len(tokens) - 1):
            if tokens[given].text in self._lexicon.given:
                return given
        listed = any(
            one.kind is Kind.PERSON
            and (start == 0 or one.start >= tokens[start].start)
            and one.end >= tokens[-1].end - _SLACK
            for one in mentions
        )
        known = bare(" ".join(token.low for token in tokens[start:])) in self._people
        titled = start > 0 and (
            tokens[start - 1].low in self._nouns or tokens[start - 1].low == ")"
        )
        return start if listed or known or titled else None

    def _is_name(self, token: Token, mentions: Sequence[Mention]) -> bool:
        if token.low in self._nouns or token.low in self._lexicon.modifiers:
            return False
        for mention in mentions:
            if mention.start <= token.start < mention.end:
                return mention.kind is Kind.PERSON and not self.is_office(mention)
        return True

    def _introductions(self) -> list[tuple[int, Speaker]]:
        """Return the full names in the text that the lexicon doesn't know, with their places."""
        found = []
        for match in _FULL_NAME.finditer(self._text):
            if match[1] not in self._lexicon.given or self.covers(match.start(), match.end(1)):
                continue
            name = bare(match[0])
            if _surname(name) in self._nouns:
                continue
            start = max(0, match.start() - _BEFORE_NAME)
            cuts = _ROLE_START.finditer(self._text, start, match.start())
            start = max((cut.end() for cut in cuts), default=start)
            role = self._text[start : match.start()]
            words = frozenset(word.strip(",()").lower() for word in role.split()) - _SMALL
            side = self.side(self.at(start, match.start()), words)
            found.append((match.start(), Speaker(name=name, side=side, person=True, words=words)))
        return found

    def _learn(self, mention: Mention) -> None:
        text = self._text[mention.start : mention.end]
        if mention.kind is Kind.PERSON:
            if self.is_office(mention):
                return
            if " " in text:  # whoever is named in full last goes by the surname
                self._people.pop(_surname(text), None)
        elif mention.kind is Kind.BODY and mention.side is not None:
            part = mention.key.partition(".")[2]
            self._owned.setdefault(part, {})[mention.key] = mention.start
        if len(text) > len(self._fullest.get(mention.key, "")):
            self._fullest[mention.key] = text


def _surname(name: str) -> str:
    return bare(name).rpartition(" ")[2].lower()
