"""Who is meant by the words of a subject, from what a report has said before.

Names are given at their fullest so far ("Miroshnik" is "Rodion Miroshnik" once he was named),
bodies and unnamed sources by their own words. Descriptions ("the milblogger", "the ministry") and
pronouns reach back into the same paragraph and the one before, no farther.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind
from index.naming import SPEAKS, Names, Speaker, bare, words_in
from index.people import People
from index.tokens import DEFINITE, PRONOUNS, word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.lexicon import Lexicon, Mention
    from index.phrases import Phrase
    from index.tokens import Token

_ARTICLES: Final = word_set(
    "a an the one another some several many other others multiple these those both certain various"
    " numerous different few also this that two three"
)
# What "forces" must have done before it counts as their saying so.
_CORE: Final = word_set("report claim announce state say deny confirm acknowledge note stress warn")
_STATES: Final = frozenset({Kind.SIDE, Kind.CAPITAL})
_ROLES: Final = frozenset({Kind.SIDE, Kind.PLACE, Kind.OFFICE})
_OWN_WORDS: Final = frozenset({Kind.SIDE, Kind.GROUP})
_NOBODY: Final = word_set("no neither none nobody")
_GENDERS: Final = {"he": False, "she": True}
_SLACK: Final = 2  # a possessive ending behind a name
_OF: Final = word_set("of from at in with")  # "Kaja Kallas of the European Commission"

SOMEBODY: Final = Speaker(name="", side=None, human=True)
"""Whoever spoke but could not be read: no pronoun reaches behind them."""


class Speakers:
    """What one report has told of its speakers up to the place that is being read."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._nouns = lexicon.speakers | lexicon.units
        self._names = Names(text, lexicon)
        self._people = People(text, lexicon, self._names)
        self._recent: list[Speaker] = []
        self._earlier: list[Speaker] = []

    def open_paragraph(self) -> None:
        """Start a paragraph: only the speakers of the one before stay within reach."""
        self._earlier, self._recent = self._recent, []

    def read(self, end: int) -> None:
        """Take note of the names that stand before ``end``."""
        self._people.read(end)

    def note(self, speakers: Iterable[Speaker]) -> None:
        """Remember who spoke, for the descriptions and pronouns that follow."""
        self._recent += speakers

    def by_pronoun(self, pronoun: str, before: Sequence[Speaker]) -> list[Speaker]:
        """Return whom "he" or "they" means, or whose "report" is meant.

        The speakers of the same sentence so far are ``before``, its opening first.
        """
        for group in (before, self._recent, self._earlier):
            for speaker in reversed(group):
                if not _fits(speaker, pronoun):
                    continue
                if speaker is SOMEBODY:
                    return []
                if speaker.female is None or speaker.female == _GENDERS.get(
                    pronoun, speaker.female
                ):
                    return [speaker]
        return []

    def of(self, phrase: Phrase, verb: str, *, fresh: bool = True) -> list[Speaker]:
        """Return the speakers a subject names, or none where it names no speaker.

        Where ``fresh``, a name that was never introduced may be a person's.
        """
        if phrase.tokens[0].low in _NOBODY:
            return []
        if not fresh:
            phrase = replace(phrase, known=True)
        parts = self._parts(phrase.tokens)
        if len(parts) > 1:
            several = self._shared(parts, phrase, verb) or self._several(parts, phrase, verb)
            if several:
                return several
        speaker = self._one(phrase.tokens, phrase, verb)
        return [speaker] if speaker is not None else []

    def _parts(self, tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
        """Cut "A and B" where the "and" belongs to no name."""
        parts: list[tuple[Token, ...]] = []
        start = 0
        for at, token in enumerate(tokens):
            inside = self._names.covers(token.start, token.start)
            if token.low in {"and", "&"} and not inside and at > start:
                parts.append(tokens[start:at])
                start = at + 1
        parts.append(tokens[start:])
        return [part for part in parts if part]

    def _several(self, parts: list[tuple[Token, ...]], phrase: Phrase, verb: str) -> list[Speaker]:
        """Read "the ministry and its spokesperson X" as each of them, where each speaks."""
        first = self._one(parts[0], phrase, verb)
        whole = replace(phrase, bounded=True)
        others = [self._one(part, whole, verb) for part in parts[1:]]
        found = [speaker for speaker in (first, *others) if speaker is not None]
        last = others[-1]
        if last is not None and last.person and self._is_role(parts[0], first):
            return [last]
        if last is None or not self._starts_name(parts[-1]):
            return []
        if len(found) == len(parts):
            return found
        return [last] if last.side is not None or self._side(parts[0]) is None else []

    def _side(self, tokens: Sequence[Token]) -> str | None:
        mentions = self._names.at(tokens[0].start, tokens[-1].end)
        return self._names.side(mentions, words_in(tokens))

    def _starts_name(self, tokens: Sequence[Token]) -> bool:
        first = tokens[0]
        return (
            not first.capital
            or first.text in self._lexicon.given
            or any(one.start == first.start for one in self._names.at(first.start, tokens[-1].end))
        )

    def _is_role(self, tokens: Sequence[Token], speaker: Speaker | None) -> bool:
        """Tell "former commander and milblogger X": one person's roles, not two speakers."""
        if speaker is None or speaker.person or speaker.plural:
            return False
        mentions = self._names.at(tokens[0].start, tokens[-1].end)
        return all(one.kind in _ROLES for one in mentions)

    def _shared(self, parts: list[tuple[Token, ...]], phrase: Phrase, verb: str) -> list[Speaker]:
        """Read "Russian and Ukrainian sources" as two speakers of one noun."""
        left, right = parts[0], parts[-1]
        noun = right[1:]
        if len(parts) > 2 or left[0].low == "the" or not noun:  # noqa: PLR2004  (a pair)
            return []
        side = self._adjective(left)
        if side is None or self._adjective(right[:1]) is None:
            return []
        both = self._one(right, phrase, verb)
        if both is None or not any(token.low in self._nouns for token in noun):
            return []
        name = f"{left[-1].text} {self._text[noun[0].start : noun[-1].end]}"
        words = words_in((*left, *noun))
        return [Speaker(name=name, side=side, plural=both.plural, words=words), both]

    def _adjective(self, tokens: Sequence[Token]) -> str | None:
        """Return the side of a phrase that is nothing but its adjective, as "Russian" is."""
        small = _ARTICLES | self._lexicon.modifiers
        words = [token for token in tokens if token.low not in small]
        return self._lexicon.side_named(words[0].text) if len(words) == 1 else None

    def _one(self, tokens: tuple[Token, ...], phrase: Phrase, verb: str) -> Speaker | None:
        if tokens[0].low in PRONOUNS:  # "He and the minister"
            return next(iter(self.by_pronoun(tokens[0].low, ())), None)
        mentions = self._names.at(tokens[0].start, tokens[-1].end)
        definite = tokens[0].low in DEFINITE or phrase.definite
        last = tokens[-1].end
        names = {one.start for one in mentions if one.kind is not Kind.SIDE or one.end >= last}
        tokens = _without_articles(tokens, names)
        if not tokens:
            return None
        if not phrase.bounded and not any(token.capital for token in tokens):
            return None  # the end of something longer that could not be read
        words = words_in(tokens)
        person = self._person(tokens, mentions, phrase, fresh=phrase.bounded and not phrase.known)
        if person is not None or not self._may_speak(mentions, words, verb, whole=phrase.bounded):
            return person
        described = self._described(mentions, words, definite=definite)
        if described is not None:
            return described
        return self._worded(tokens[0].start, tokens[-1].end, mentions, words)

    def _person(
        self, tokens: tuple[Token, ...], mentions: Sequence[Mention], phrase: Phrase, *, fresh: bool
    ) -> Speaker | None:
        """Return the person a phrase names, also as "Kaja Kallas of the European Commission"."""
        cut = next((n for n, token in enumerate(tokens) if token.low in _OF), len(tokens))
        if 1 < cut < len(tokens) - 1 and all(token.capital for token in tokens[:cut]):
            name = tokens[:cut]
            named = [one for one in mentions if one.end <= name[-1].end + _SLACK]
            if self._people.full_name(name, named):
                role = tokens[cut + 1 :]
                return self._people.named(name, named, words_in(name), role, fresh=fresh)
        return self._people.named(tokens, mentions, words_in(tokens), phrase.context, fresh=fresh)

    def _may_speak(
        self, mentions: Sequence[Mention], words: frozenset[str], verb: str, *, whole: bool
    ) -> bool:
        if words & self._lexicon.speakers:
            return True
        if any(one.kind in SPEAKS and one.kind not in _STATES for one in mentions):
            return True
        if words & self._lexicon.units:
            return verb in _CORE
        texts = [self._text[one.start : one.end] for one in mentions if one.kind in _STATES]
        countries = [text for text in texts if not self._lexicon.is_side_adjective(text)]
        named = sum(len(text.split()) for text in countries)
        return whole and bool(countries) and len(words) <= named + 1

    def _described(
        self, mentions: Sequence[Mention], words: frozenset[str], *, definite: bool
    ) -> Speaker | None:
        """Return whom "the milblogger" or a bare "General Staff" means."""
        sided = any(one.side is not None and one.kind in SPEAKS for one in mentions)
        if sided and not words <= self._lexicon.speaker_sides.keys():
            return None
        plural = self._is_plural(words)
        content = {_single(word) for word in words if word not in _ARTICLES}
        for group in (self._recent, self._earlier) if definite else ():
            for speaker in reversed(group):
                if plural == speaker.plural and content <= {
                    _single(word) for word in speaker.words
                }:
                    return speaker
        if len(mentions) == 1 and mentions[0].kind is Kind.BODY:
            named = self._text[mentions[0].start : mentions[0].end].lower().split()
            if words <= set(named):
                return self._names.owned(mentions[0].key, words)
        return None

    def _worded(
        self, start: int, end: int, mentions: Sequence[Mention], words: frozenset[str]
    ) -> Speaker | None:
        """Name a speaker by its own words, or a body by its fullest name."""
        one = mentions[0] if len(mentions) == 1 else None
        if one and one.start == start and one.end >= end - _SLACK and one.kind not in _OWN_WORDS:
            full = self._names.fullest(one)
            person = one.kind is Kind.PERSON and full is not None
            name = full or self._text[start:end]
            human = one.kind in {Kind.PERSON, Kind.OFFICE}
            return Speaker(name=name, side=one.side, person=person, human=human, words=words)
        if self._trails_off(start, end, mentions):
            return None
        name = bare(self._text[start:end])
        if "(" in name and ")" not in name:
            name += ")"
        side = self._names.side(mentions, words) or self._side_named_before(start, end, words)
        plural = self._is_plural(words)
        human = not plural and not words.isdisjoint(self._lexicon.human)
        return Speaker(name=name, side=side, plural=plural, human=human, words=words)

    def _side_named_before(self, start: int, end: int, words: frozenset[str]) -> str | None:
        """Return the side in "the ministry's spokesperson" and "Peskov's office"."""
        owner, mark, _ = self._text[start:end].partition("\u2019s ")
        if not mark:
            owner, mark, _ = self._text[start:end].partition("'s ")
        known = self._people.known(owner) if mark else None
        if known is not None:
            return known.side
        the = self._text[max(0, start - 4) : start].lower() == "the "
        return self._names.side_of_institution(words) if mark and the else None

    def _is_plural(self, words: frozenset[str]) -> bool:
        return "media" in words or any(one.endswith("s") and one in self._nouns for one in words)

    def _trails_off(self, start: int, end: int, mentions: Sequence[Mention]) -> bool:
        """Tell whether unknown words with capitals end a phrase: somebody, but who is unclear."""
        rest = self._text[max((one.end for one in mentions), default=start) : end].split()
        unknown = [word for word in rest if word[0].isupper() and word.lower() not in self._nouns]
        return len(unknown) > 1 and len(unknown) == len(rest)


def _fits(speaker: Speaker, pronoun: str) -> bool:
    if pronoun == "report":
        return True
    if pronoun in _GENDERS or speaker is SOMEBODY:
        return speaker.human
    return not speaker.human and (speaker.plural or pronoun == "it")


def _without_articles(tokens: tuple[Token, ...], names: set[int]) -> tuple[Token, ...]:
    """Drop articles in front, but for those that open a name ("The Times")."""
    start = 0
    while start < len(tokens) and tokens[start].low in _ARTICLES:
        following = tokens[start + 1 : start + 2]
        if tokens[start].start in names or (following and following[0].low == "of"):
            break
        start += 1
    return tokens[start:]


def _single(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
