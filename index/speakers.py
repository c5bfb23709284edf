"""Who is meant by the words of a subject, from what a report has said before.

Names are given at their fullest so far ("Miroshnik" is "Rodion Miroshnik" once he was named), bodies
and unnamed sources by their own words. Descriptions ("the milblogger", "the ministry") and pronouns
reach back into the same paragraph and the one before, no farther.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.lexicon import Lexicon, Mention
    from index.speech import Phrase, Token

_FULL_NAME: Final = re.compile(r"\b([A-Z][\w’'-]+) ((?:[A-Z][\w’'-]+ )?[A-Z][\w’'-]+)")
_BEFORE_NAME: Final = 120  # characters in which a role stands before a name
_ROLE_START: Final = re.compile(r"[.;:!?“”\n\u2014\u2013]|\b(?:that|and|but|while|by|with)\b")
_POSSESSIVE: Final = re.compile(r"(?:['’]s?)$")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ARTICLES: Final = _set(
    "a an the one another some several many other others multiple these those both certain various"
    " numerous different few also this that two three"
)
_DEFINITE: Final = _set("the this these those")
_SMALL: Final = _set("of the for to in at from and & with on by a an ( )")
_RULING: Final = _set(
    "head mayor governor council administration official officials authorities police prosecutor"
    " prosecutors advisor adviser deputy spokesperson spokesman military mayoral commander chairman"
)
_THINGS: Final = _set(
    "outlet newspaper channel agency organization magazine project group site website company"
    " publication newswire source tabloid center institute brigade battalion regiment"
)
# What "forces" must have done before it counts as their saying so.
_CORE: Final = _set("report claim announce state say deny confirm acknowledge note stress warn")
_SPEAKS: Final = frozenset(Kind) - {Kind.PLACE, Kind.TERM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody who can say something; ``words`` are those by which a report spoke of them."""

    name: str
    side: str | None
    person: bool = False
    plural: bool = False
    words: frozenset[str] = frozenset()


class Speakers:
    """What one report has told of its speakers up to the place that is being read."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._nouns = lexicon.speakers | lexicon.units
        self._mentions = lexicon.find(text)
        self._starts = [mention.start for mention in self._mentions]
        self._read = 0  # mentions up to here are known
        self._fullest: dict[str, str] = {}
        self._bodies: dict[str, dict[str, int]] = {}
        self._introduced = self._introductions()
        self._people: dict[str, Speaker] = {}
        self._recent: list[Speaker] = []
        self._earlier: list[Speaker] = []

    def open_paragraph(self) -> None:
        """Start a paragraph: only the speakers of the one before stay within reach."""
        self._earlier, self._recent = self._recent, []

    def read(self, end: int) -> None:
        """Take note of the names that stand before ``end``."""
        while self._read < len(self._mentions) and self._mentions[self._read].end <= end:
            self._learn(self._mentions[self._read])
            self._read += 1
        while self._introduced and self._introduced[0][0] < end:
            _, surname, speaker = self._introduced.pop(0)
            known = self._people.get(surname)
            if known is None or len(known.name) <= len(speaker.name):
                self._people[surname] = speaker

    def note(self, speakers: Iterable[Speaker]) -> None:
        """Remember who spoke, for the descriptions and pronouns that follow."""
        self._recent += speakers

    def by_pronoun(self, pronoun: str, before: Sequence[Speaker]) -> list[Speaker]:
        """Return whom "he" or "they" means, or whose "the report" is.

        Args:
            before: the speakers of the same sentence so far, the first one first.
        """
        for group in (before, self._recent, self._earlier):
            for speaker in reversed(group):
                if pronoun == "report" or (
                    speaker.person
                    if pronoun in {"he", "she"}
                    else not speaker.person and (speaker.plural or pronoun == "it")
                ):
                    return [speaker]
        return []

    def of(self, phrase: Phrase, verb: str) -> list[Speaker]:
        """Return the speakers a subject names, or none where it names no speaker."""
        parts = self._parts(phrase.tokens)
        if len(parts) > 1:
            shared = self._shared(parts, phrase, verb)
            if shared:
                return shared
            whole = replace(phrase, bounded=True)
            found = [self._one(parts[0], phrase, verb)]
            found += [self._one(part, whole, verb) for part in parts[1:]]
            last = found[-1]
            if last is not None and self._is_role(parts[0], found[0]) and last.person:
                return [last]
            if all(found):
                return [speaker for speaker in found if speaker is not None]
            if last is not None and self._starts_name(parts[-1]):
                return [last]
        speaker = self._one(phrase.tokens, phrase, verb)
        return [speaker] if speaker is not None else []

    # --- a phrase ------------------------------------------------------------------------------

    def _parts(self, tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
        """Cut "A and B" where the "and" belongs to no name."""
        parts: list[tuple[Token, ...]] = []
        start = 0
        for at, token in enumerate(tokens):
            if token.low in {"and", "&"} and not self._within(token) and at > start:
                parts.append(tokens[start:at])
                start = at + 1
        parts.append(tokens[start:])
        return [part for part in parts if part]

    def _within(self, token: Token) -> bool:
        before = bisect_left(self._starts, token.start) - 1
        return before >= 0 and token.start < self._mentions[before].end

    def _starts_name(self, tokens: Sequence[Token]) -> bool:
        first = tokens[0]
        return (
            not first.capital
            or first.text in self._lexicon.given
            or any(m.start == first.start for m in self._at(first.start, first.end))
        )

    def _is_role(self, tokens: Sequence[Token], speaker: Speaker | None) -> bool:
        """Tell "former commander and milblogger X": one person's roles, not two speakers."""
        if speaker is None or speaker.person or speaker.plural:
            return False
        mentions = self._at(tokens[0].start, tokens[-1].end)
        return all(one.kind in {Kind.SIDE, Kind.PLACE, Kind.OFFICE} for one in mentions)

    def _shared(
        self, parts: list[tuple[Token, ...]], phrase: Phrase, verb: str
    ) -> list[Speaker]:
        """Read "Russian and Ukrainian sources" as two speakers of one noun."""
        if len(parts) != 2:  # noqa: PLR2004  (a pair is what shares a noun)
            return []
        left, right = parts
        if left[0].low == "the":
            return []
        first = self._adjective(left)
        second = self._adjective(right[:1])
        if first is None or second is None:
            return []
        noun = right[1:]
        tail = self._text[noun[0].start : noun[-1].end] if noun else ""
        both = self._one(right, phrase, verb)
        if not tail or both is None or not any(token.low in self._nouns for token in noun):
            return []
        words = frozenset(token.low for token in noun)
        named = Speaker(
            name=f"{left[-1].text} {tail}",
            side=first,
            plural=both.plural,
            words=words | {left[-1].low},
        )
        return [named, both]

    def _adjective(self, tokens: Sequence[Token]) -> str | None:
        """Return the side of a phrase that is nothing but its adjective, as "Russian" is."""
        words = [token for token in tokens if token.low not in _ARTICLES | self._lexicon.modifiers]
        return self._lexicon.side_named(words[0].text) if len(words) == 1 else None

    def _one(self, tokens: tuple[Token, ...], phrase: Phrase, verb: str) -> Speaker | None:
        mentions = self._at(tokens[0].start, tokens[-1].end)
        definite = tokens[0].low in _DEFINITE or phrase.definite
        tokens = _bare(tokens, {mention.start for mention in mentions})
        if not tokens:
            return None
        start, end = tokens[0].start, tokens[-1].end
        words = _words(tokens)
        if not phrase.bounded and not any(token.capital for token in tokens):
            return None  # the end of something longer that could not be read
        named = self._named(tokens, mentions, words, phrase.context)
        if named is not None:
            return named
        if not self._may_speak(mentions, words, verb, whole=phrase.bounded):
            return None
        described = self._described(tokens, mentions, words, definite=definite)
        if described is not None:
            return described
        return self._worded(start, end, mentions, words)

    def _may_speak(
        self, mentions: Sequence[Mention], words: frozenset[str], verb: str, *, whole: bool
    ) -> bool:
        states = {Kind.SIDE, Kind.CAPITAL}
        bodies = [one for one in mentions if one.kind in _SPEAKS and one.kind not in states]
        if bodies or words & self._lexicon.speakers:
            return True
        if words & self._lexicon.units:
            return verb in _CORE
        countries = [
            one
            for one in mentions
            if one.kind in states
            and not self._lexicon.is_side_adjective(self._text[one.start : one.end])
        ]
        named = sum(len(self._text[one.start : one.end].split()) for one in countries)
        return whole and bool(countries) and len(words) <= named + 1

    def _worded(
        self, start: int, end: int, mentions: Sequence[Mention], words: frozenset[str]
    ) -> Speaker | None:
        """Name a speaker by its own words, or a body by its fullest name."""
        only = mentions[0] if len(mentions) == 1 else None
        whole = only is not None and only.start == start and only.end >= end - 2
        if whole and only is not None and only.kind not in {Kind.SIDE, Kind.GROUP}:
            name = self._fullest.get(only.key, self._text[start:end])
            person = only.kind is Kind.PERSON and only.key in self._fullest
            return Speaker(name=name, side=only.side, person=person, words=words)
        name = _POSSESSIVE.sub("", self._text[start:end])
        if "(" in name and ")" not in name:
            name += ")"
        if self._trails_off(start, end, mentions):
            return None
        plural = any(word.endswith("s") and word in self._nouns for word in words) or "media" in words
        return Speaker(name=name, side=self._side(mentions, words), plural=plural, words=words)

    def _trails_off(self, start: int, end: int, mentions: Sequence[Mention]) -> bool:
        """Tell whether unknown words with capitals end a phrase: somebody, but who is unclear."""
        rest = self._text[max((one.end for one in mentions), default=start) : end].split()
        unknown = [word for word in rest if word[0].isupper() and word.lower() not in self._nouns]
        return len(unknown) > 1 and len(unknown) == len(rest)

    # --- names ---------------------------------------------------------------------------------

    def _named(
        self,
        tokens: Sequence[Token],
        mentions: Sequence[Mention],
        words: frozenset[str],
        context: Sequence[Token],
    ) -> Speaker | None:
        """Return the person whose name ends the phrase."""
        start = self._name_start(tokens, mentions)
        if start is None:
            return None
        name = _POSSESSIVE.sub("", self._text[tokens[start].start : tokens[-1].end])
        surname = name.rpartition(" ")[2].lower()
        known = self._people.get(surname) if start == len(tokens) - 1 else None
        if known is not None:
            return _with_words(known, words)
        last = mentions[-1] if mentions and mentions[-1].end >= tokens[-1].end - 2 else None
        whole = last is not None and last.start <= tokens[start].start
        if whole and last is not None and last.kind is Kind.PERSON and not self._is_office(last):
            full = self._fullest.get(last.key, name)
            if " " not in full and self._lexicon.name(last.key).endswith(f" {full}"):
                full = self._lexicon.name(last.key)
            speaker = Speaker(name=full, side=last.side, person=True, words=words)
        elif start == len(tokens) - 1 and start == 0:
            return None  # a single unknown word with a capital
        else:
            person = tokens[start - 1].low not in _THINGS if start else True
            speaker = Speaker(
                name=name, side=self._introduced_side(mentions, words, context), person=person,
                words=words,
            )  # fmt: skip
        self._people[surname] = speaker
        return speaker

    def _name_start(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> int | None:
        """Return the index of the token at which the name that ends the phrase begins."""
        start = len(tokens)
        while start > 0 and tokens[start - 1].capital and self._is_name(tokens[start - 1], mentions):
            start -= 1
        if start == len(tokens):
            return None
        given = [n for n in range(start, len(tokens) - 1) if tokens[n].text in self._lexicon.given]
        if given:
            return given[0]
        if start == 0:
            single = len(tokens) == 1
            person = any(m.kind is Kind.PERSON and m.end >= tokens[-1].end - 2 for m in mentions)
            surname = _POSSESSIVE.sub("", tokens[-1].low)
            return 0 if person or (single and surname in self._people) else None
        before = tokens[start - 1]
        titled = before.low in self._nouns or before.low == ")"
        own = any(m.kind is Kind.PERSON and m.start >= tokens[start].start for m in mentions)
        known = _POSSESSIVE.sub("", tokens[-1].low) in self._people and start == len(tokens) - 1
        return start if titled or own or known else None

    def _is_name(self, token: Token, mentions: Sequence[Mention]) -> bool:
        if token.low in self._nouns or token.low in self._lexicon.modifiers:
            return False
        for mention in mentions:
            if mention.start <= token.start < mention.end:
                return mention.kind is Kind.PERSON and not self._is_office(mention)
        return True

    def _is_office(self, mention: Mention) -> bool:
        """Tell whether a person is named by office ("Kremlin Spokesperson"), not by name."""
        words = self._text[mention.start : mention.end].lower().split()
        return any(word in self._nouns for word in words)

    def _introductions(self) -> list[tuple[int, str, Speaker]]:
        """Return the full names in the text that the lexicon doesn't know, with their places."""
        found = []
        for match in _FULL_NAME.finditer(self._text):
            if match[1] not in self._lexicon.given or self._known(match.start(), match.end(1)):
                continue
            surname = match[2].split()[-1]
            if surname.lower() in self._nouns or _POSSESSIVE.sub("", surname).lower() in self._nouns:
                continue
            start = max(0, match.start() - _BEFORE_NAME)
            before = self._text[start : match.start()]
            start += max((cut.end() for cut in _ROLE_START.finditer(before)), default=0)
            role = self._text[start : match.start()]
            words = frozenset(word.strip(",()").lower() for word in role.split()) - _SMALL
            name = _POSSESSIVE.sub("", match[0])
            speaker = Speaker(
                name=name,
                side=self._side(self._at(start, match.start()), words),
                person=True,
                words=words,
            )
            found.append((match.start(), name.rpartition(" ")[2].lower(), speaker))
        return found

    def _known(self, start: int, end: int) -> bool:
        """Tell whether the given name at these offsets belongs to a name of the lexicon."""
        before = bisect_left(self._starts, end) - 1
        return before >= 0 and self._mentions[before].end > start

    def _learn(self, mention: Mention) -> None:
        text = self._text[mention.start : mention.end]
        if mention.kind is Kind.PERSON:
            if self._is_office(mention):
                return
            surname = text.rpartition(" ")[2].lower()
            if " " in text:
                self._people.pop(surname, None)  # the one named last goes by the surname
        elif mention.kind is Kind.BODY and mention.side is not None:
            part = mention.key.partition(".")[2]
            self._bodies.setdefault(part, {})[mention.key] = mention.start
        if len(text) > len(self._fullest.get(mention.key, "")):
            self._fullest[mention.key] = text

    # --- descriptions and sides ----------------------------------------------------------------

    def _described(
        self,
        tokens: Sequence[Token],
        mentions: Sequence[Mention],
        words: frozenset[str],
        *,
        definite: bool,
    ) -> Speaker | None:
        """Return whom "the milblogger" or a bare "General Staff" means."""
        if any(mention.side is not None and mention.kind in _SPEAKS for mention in mentions):
            if not words <= self._lexicon.speaker_sides.keys():
                return None
        content = {_single(word) for word in words if word not in _ARTICLES}
        for group in (self._recent, self._earlier) if definite else ():
            for speaker in reversed(group):
                if content <= {_single(word) for word in speaker.words}:
                    return speaker
        bare = [one for one in mentions if one.side is None and one.kind is Kind.BODY]
        if bare and len(tokens) <= len(self._text[bare[0].start : bare[0].end].split()):
            sides = self._bodies.get(bare[0].key, {})
            if sides:
                key = max(sides, key=lambda one: sides[one])
                side = self._lexicon.side_of(key)
                return Speaker(name=self._fullest[key], side=side, words=words)
        return None

    def _introduced_side(
        self, mentions: Sequence[Mention], words: frozenset[str], context: Sequence[Token]
    ) -> str | None:
        """Return the side that the words before a name tell, or those before its comma."""
        side = self._side(mentions, words)
        if side is None and context:
            near = self._at(context[0].start, context[-1].end)
            side = self._side(near, frozenset(token.low for token in context))
        return side

    def _side(self, mentions: Sequence[Mention], words: frozenset[str]) -> str | None:
        lexicon = self._lexicon
        told = [one for one in mentions if one.kind in _SPEAKS and one.side is not None]
        outlets = [one.side for one in told if one.kind is Kind.OUTLET]
        if outlets:
            return outlets[-1]
        side: str | None = None
        by_word = [lexicon.speaker_sides[one] for one in words if one in lexicon.speaker_sides]
        for one in (*(mention.side for mention in told), *by_word):
            if side is None or lexicon.covers(one, side):
                side = one
        if side is None and words & _RULING:
            side = next((one.side for one in mentions if one.kind is Kind.PLACE), None)
        return side

    def _at(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that lie between two offsets."""
        first = bisect_left(self._starts, start)
        found = []
        for mention in self._mentions[first:]:
            if mention.start >= end:
                break
            if mention.end <= end + 2:
                found.append(mention)
        return found


def _words(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the words of a phrase in lower case, without those in brackets."""
    found, depth = set(), 0
    for token in tokens:
        depth += (token.low == "(") - (token.low == ")")
        if not depth or token.text.isupper():
            found.add(_POSSESSIVE.sub("", token.low))
    return frozenset(found) - _SMALL


def _bare(tokens: tuple[Token, ...], names: set[int]) -> tuple[Token, ...]:
    """Drop articles in front, but for those that open a name ("The Times")."""
    start = 0
    while (
        start < len(tokens)
        and tokens[start].low in _ARTICLES
        and tokens[start].start not in names
    ):
        start += 1
    return tokens[start:]


def _with_words(speaker: Speaker, words: frozenset[str]) -> Speaker:
    return Speaker(
        name=speaker.name,
        side=speaker.side,
        person=speaker.person,
        plural=speaker.plural,
        words=speaker.words | words,
    )


def _single(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
