"""Where a sentence says that somebody said something: the verb, and the words of its subject.

No grammar is parsed. From a verb of saying the words to its left are read back to the start of a
noun phrase; what can't be read that way is left alone, since a wrong speaker is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.lexicon import Lexicon
    from index.model import Span

_TOKEN: Final = re.compile(
    r"(?P<note>\[{1,2}\s*(?:\d{1,4}|[ivxlc]+)\s*\]{0,2})"
    r"|(?:[A-Z]\.){2,}|(?:Gen|Lt|Col|Maj|Brig|Capt|St|Dr|Mrs?|Ms|Sgt|Adm)\."
    r"|[^\W_]+(?:[-\u2010\u2011’'.&/][^\W_]+)*|\S"
)
_DAY: Final = re.compile(r"\d{1,2}(?:st|nd|rd|th)?(?:[-\u2013]\d{1,2})?")
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MONTHS: Final = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
        "|september sep sept|october oct|november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
_BE: Final = _set("is are was were be been being")
_HAVE: Final = _set("has have had")
_ADVERBS: Final = _set(
    "also then later again further now still already even both all each himself herself themselves"
    " itself just once too today earlier however instead meanwhile"
)
_NOT_ADVERBS: Final = _set("only family ally italy july assembly")
_NEGATIONS: Final = _set("not never nor cannot without neither hardly")
_SAME: Final = _set("and but then or")
_WHO: Final = _set("who whose which")
_PRONOUNS: Final = _set("he she they it")
_CONNECT: Final = _set("of the for to in at from de von der bin al and & with on by la")
_PREPOSITIONS: Final = _set("of for to in at from with on by")
_OPENING: Final = _set("the a an this these those")
_LEADING: Final = _CONNECT | _ADVERBS | _set("that while as whereas but or although though whom if when because")
_DOCUMENTS: Final = _set("document article investigation video publication survey poll study order")
# "Residents are expressing fear" tells what they do; these tell what they say.
_PROGRESSIVE: Final = _set(
    "report claim say state acknowledge deny warn accuse note argue criticize complain speculate"
    " insist assert allege"
)
_ENDS: Final = _PRONOUNS | _BE | _HAVE | _set("will would may might could should can must do did")
_INTRODUCING: Final = _set("that how whether why “ \" ‘ :")
_LEADING_TO: Final = _set("continued continues began begun proceeded attempted sought tried on")
_QUOTES: Final = _set("” \" ’")
_DASHES: Final = _set("— – -")
_FARTHEST: Final = 22  # words: no subject is longer
_AGENT: Final = 6  # words between a passive verb and its "by"


class Token(NamedTuple):
    """A word or a sign of the report's text; endnote markers are no tokens."""

    text: str
    low: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Tell whether this may be part of a name."""
        return self.text[0].isupper() or _ORDINAL.fullmatch(self.text) is not None


class Subject(Enum):
    """Whose a saying is, where no noun phrase says it."""

    SAME = auto()
    PRONOUN = auto()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words of a subject.

    Args:
        context: the words before a comma that introduce it ("Head of X, Yevhen Yerin, …").
        bounded: it begins where a noun phrase can begin, and so is whole.
        definite: "the" stood before it.
    """

    tokens: tuple[Token, ...]
    context: tuple[Token, ...] = ()
    bounded: bool = True
    definite: bool = False

    @property
    def start(self) -> int:
        """Offset of the first word."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Offset behind the last word."""
        return self.tokens[-1].end


@dataclass(frozen=True, slots=True)
class Saying:
    """A cue, the verb it is a form of, and whose it is.

    Args:
        at: index of the cue's token; ``after`` the index behind it.
        subject: a noun phrase; a pronoun's word; or SAME for the subject of what went before.
    """

    at: int
    after: int
    cue: str
    verb: str
    subject: Phrase | Subject
    pronoun: str = ""


def tokens_of(text: str, span: Span) -> list[Token]:
    """Return the tokens of a sentence, with offsets into the report's text."""
    return [
        Token(found[0], found[0].lower(), found.start(), found.end())
        for found in _TOKEN.finditer(text, span.start, span.end)
        if found["note"] is None
    ]


class Reader:
    """Finds sayings in sentences, with the words of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._nouns = lexicon.speakers | lexicon.units
        self._documents = lexicon.sayings.keys() | _DOCUMENTS
        self._bases = frozenset(lexicon.saying.values())

    def sayings(self, tokens: Sequence[Token]) -> list[Saying]:
        """Return the sayings of a sentence, in order."""
        found = [one for at in range(len(tokens)) if (one := self._saying(tokens, at)) is not None]
        return found or self._behind_who(tokens)

    def _behind_who(self, tokens: Sequence[Token]) -> list[Saying]:
        """Read "A milblogger who was there claimed that", where the verb's left tells nothing."""
        phrase = self.first_phrase(tokens)
        if phrase is None:
            return []
        behind = next((n for n, token in enumerate(tokens) if token.start >= phrase.end), 0)
        if not any(token.low in _WHO | {"that"} for token in tokens[behind : behind + 2]):
            return []
        for at in range(behind + 2, len(tokens) - 1):
            cue, follows = tokens[at].low, tokens[at + 1].low
            if cue in self._lexicon.saying and cue.endswith("d") and follows in _INTRODUCING:
                return [Saying(at, at + 1, cue, self._base(cue), phrase)]
        return []

    def first_phrase(self, tokens: Sequence[Token]) -> Phrase | None:
        """Return the noun phrase that opens a sentence, behind a date if one leads."""
        at = 0
        if tokens and tokens[0].low in {"on", "in", "as", "during", "after"}:
            comma = next((n for n, token in enumerate(tokens[:8]) if token.low == ","), None)
            if comma is None:
                return None
            at = comma + 1
        return self._forward(tokens, at)

    def possessives(self, tokens: Sequence[Token]) -> Iterator[tuple[int, int, Phrase]]:
        """Yield "X's claim" as (index of the noun, index behind it, X)."""
        for at, token in enumerate(tokens):
            if not token.low.endswith(("’s", "'s", "s’", "s'")):
                continue
            noun = next(
                (n for n in range(at + 1, min(at + 6, len(tokens)))
                 if tokens[n].low in self._lexicon.sayings),
                None,
            )  # fmt: skip
            if noun is None or any(t.low in {",", ".", "and", "of"} for t in tokens[at:noun]):
                continue
            phrase = self._backward(tokens, at)
            if phrase is not None:
                yield noun, noun + 1, phrase

    def _saying(self, tokens: Sequence[Token], at: int) -> Saying | None:
        low = tokens[at].low
        if not tokens[at].text[0].islower():
            return None
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        if low == "according" and following == "to":
            phrase = self._forward(tokens, at + 2)
            return phrase and Saying(at, at + 2, "according to", "report", phrase)
        pair = f"{low} {following}"
        if pair in self._lexicon.saying:
            return self._verb(tokens, at, at + 2, pair)
        if low in self._lexicon.saying:
            return self._verb(tokens, at, at + 1, low)
        if low in self._bases and at > 1:
            before = tokens[at - 1].low
            if before == "to":
                return self._infinitive(tokens, at)
            if before in self._nouns and before.endswith("s") and following == "that":
                return self._left(tokens, at, at + 1, low, at - 1)
        return None

    def _infinitive(self, tokens: Sequence[Token], at: int) -> Saying | None:
        """Read "continued on March 9 to warn" as a saying of the one who continued."""
        before = _skip_date(tokens, at - 2)
        if tokens[before].low not in _LEADING_TO or before == 0:
            return None
        if tokens[before].low == "on" and tokens[before - 1].low not in {"went", "goes"}:
            return None
        stop = before - 2 if tokens[before].low == "on" else before - 1
        return self._left(tokens, at, at + 1, tokens[at].low, stop)

    def _verb(self, tokens: Sequence[Token], at: int, after: int, cue: str) -> Saying | None:
        if cue in self._lexicon.saying_that and not self._introduces(tokens, after):
            return None
        if cue.endswith("s") and not self._is_verb(tokens, at, after):
            return None
        if after < len(tokens) and tokens[after].low == "by":
            return self._passive(tokens, at, after, cue)
        return self._left(tokens, at, after, cue, at - 1)

    def _introduces(self, tokens: Sequence[Token], after: int) -> bool:
        """Tell whether what was said follows: "that …", "how …" or a quotation, soon."""
        for n, token in enumerate(tokens[after : after + 9]):
            if token.low in _INTRODUCING:
                return n < 2 or token.low.isalpha()  # noqa: PLR2004  (a quoted word is no statement)
            if token.low in {",", ";", "and", "but"}:
                return False
        return False

    def _is_verb(self, tokens: Sequence[Token], at: int, after: int) -> bool:
        """Tell "Girkin claims that" from "these claims"; both are written alike."""
        if at == 0 or after >= len(tokens):
            return False
        before, follows = tokens[at - 1], tokens[after].low
        if before.low in _WHO | _PRONOUNS:
            return True
        named = before.capital and not self._lexicon.is_side_adjective(before.text)
        if before.low.endswith(("’s", "'s")):
            return False
        return follows in _INTRODUCING and (named or before.low in self._nouns)

    def _passive(self, tokens: Sequence[Token], at: int, after: int, cue: str) -> Saying | None:
        for n in range(after, min(after + _AGENT, len(tokens))):
            if tokens[n].low == "by":
                phrase = self._forward(tokens, n + 1)
                return phrase and Saying(at, after, cue, self._base(cue), phrase)
            if tokens[n].low in {",", ";", "that"}:
                break
        return None

    def _left(
        self, tokens: Sequence[Token], at: int, after: int, cue: str, stop: int
    ) -> Saying | None:
        """Find the subject that ends at or before token ``stop``."""
        verb = self._base(cue)
        stop, negated = _skip_adverbs(tokens, stop)
        if negated:
            return None
        if stop < 0:
            return self._inverted(tokens, at, after, cue)
        token = tokens[stop]
        if token.low in _BE and not cue.endswith("ing"):
            return self._passive(tokens, at, after, cue)
        if token.low in _BE and verb not in _PROGRESSIVE:
            return None
        if token.low in _BE:
            stop = _skip_adverbs(tokens, stop - 1)[0]
            return self._active(tokens, at, after, cue, stop) if stop >= 0 else None
        if cue in self._lexicon.judging:
            return None if cue.endswith("ing") else self._active(tokens, at, after, cue, stop)
        if cue.endswith("ing") and token.low in _SAME | _set(", by while before after — – )"):
            return Saying(at, after, cue, verb, Subject.SAME)
        return self._active(tokens, at, after, cue, stop)

    def _active(
        self, tokens: Sequence[Token], at: int, after: int, cue: str, stop: int
    ) -> Saying | None:
        """Read the subject of an active verb, which ends with token ``stop``."""
        verb, token = self._base(cue), tokens[stop]
        if token.low in _SAME:
            return Saying(at, after, cue, verb, Subject.SAME)
        if token.low in _QUOTES or (token.low == "," and tokens[stop - 1].low in _QUOTES):
            return self._inverted(tokens, at, after, cue)
        if token.low in _PRONOUNS:
            return Saying(at, after, cue, verb, Subject.PRONOUN, token.low)
        if token.low in self._documents and stop and tokens[stop - 1].low in {"the", "this"}:
            return Saying(at, after, cue, verb, Subject.PRONOUN, "report")
        if token.low == "which" and cue in self._lexicon.saying_that:
            return None  # a whole clause indicates something, nobody says it
        if token.low in _WHO:
            stop = _skip_adverbs(tokens, stop - 1)[0]
            if stop >= 0 and tokens[stop].low in {",", "—", "–"}:
                stop -= 1
            phrase = self._backward(tokens, stop)
        elif token.low in {",", "—", "–"}:
            phrase = self._behind_comma(tokens, stop)
        else:
            phrase = self._backward(tokens, stop, absolute=cue.endswith("ing"))
        return phrase and Saying(at, after, cue, verb, phrase)

    def _base(self, cue: str) -> str:
        return self._lexicon.saying.get(cue, cue)

    def _inverted(self, tokens: Sequence[Token], at: int, after: int, cue: str) -> Saying | None:
        """Read the subject behind the verb: “…,” said Peskov."""
        phrase = self._forward(tokens, after)
        return phrase and Saying(at, after, cue, self._base(cue), phrase)

    def _behind_comma(self, tokens: Sequence[Token], comma: int) -> Phrase | None:
        """Read "Head of X, Yevhen Yerin, stated" and "Putin, in an interview, stated"."""
        same = {tokens[comma].low} if tokens[comma].low == "," else _DASHES
        opening = next(
            (n for n in range(comma - 1, max(-1, comma - _FARTHEST), -1) if tokens[n].low in same),
            None,
        )
        if opening is None or opening == 0:
            return None
        inner = tokens[opening + 1 : comma]
        if inner and all(token.capital or token.low in _CONNECT for token in inner):
            phrase = self._backward(tokens, comma - 1)
            return phrase and replace(phrase, context=tuple(tokens[:opening]))
        return self._backward(tokens, opening - 1)

    def _backward(
        self, tokens: Sequence[Token], stop: int, *, absolute: bool = False
    ) -> Phrase | None:
        """Read the noun phrase that ends with token ``stop``.

        Args:
            absolute: it may stand behind "with" ("with the ministry claiming that").
        """
        if stop < 0 or tokens[stop].low in _CONNECT:
            return None
        start = stop + 1
        while start > max(0, stop - _FARTHEST):
            token = tokens[start - 1]
            if token.low == ")":
                opening = next((n for n in range(start - 2, -1, -1) if tokens[n].low == "("), None)
                if opening is None or start - opening > _FARTHEST:
                    break
                start = opening
            elif token.text in _OPENING:
                start -= 1
                if start and tokens[start - 1].low not in _CONNECT:
                    break
            elif self._inside(token) or (start <= stop and self._is_adjective(tokens, start - 1)):
                start -= 1
            else:
                break
        bounded = start == 0 or not tokens[start - 1].text[-1].isalnum()
        bounded = bounded or tokens[start - 1].low in _LEADING | _SAME
        while start <= stop and tokens[start].low in _LEADING and tokens[start].text != "The":
            if tokens[start].text in _PREPOSITIONS and not (absolute and tokens[start].low == "with"):
                return None  # what it depends on is the subject, and could not be read
            bounded = True
            start += 1
        if start > stop:
            return None
        bounded = bounded or tokens[start].low in {"a", "an"} | self._lexicon.modifiers
        context: tuple[Token, ...] = ()
        if tokens[start - 1].low == "," and start > 1:
            context = tuple(tokens[max(0, start - _FARTHEST) : start - 1])
        definite = start > 0 and tokens[start - 1].low in {"the", "this", "these", "those"}
        return Phrase(tuple(tokens[start : stop + 1]), context, bounded, definite)

    def _is_adjective(self, tokens: Sequence[Token], at: int) -> bool:
        """Tell whether an unknown word stands where only an adjective can: "Local civil"."""
        word = tokens[at].low
        if at < 1 or not word.isalpha() or word in _SAME | _LEADING | _ENDS | _OPENING:
            return False
        if word in self._lexicon.saying or tokens[at + 1].low in _CONNECT:
            return False
        before = tokens[at - 1]
        return before.low in {"a", "an", "the"} | self._lexicon.modifiers or (
            self._lexicon.is_side_adjective(before.text)
        )

    def _forward(self, tokens: Sequence[Token], start: int) -> Phrase | None:
        """Read the noun phrase that begins with token ``start``."""
        stop = start
        while stop < min(len(tokens), start + _FARTHEST):
            token = tokens[stop]
            if token.low == "(":
                closing = next((n for n in range(stop, len(tokens)) if tokens[n].low == ")"), None)
                if closing is None or closing - stop > _FARTHEST:
                    break
                stop = closing + 1
            elif self._inside(token) or (token.low in {"a", "an"} and stop == start):
                stop += 1
            elif token.low == "," and self._apposed(tokens, start, stop):
                stop += 1
            else:
                break
        while stop > start and tokens[stop - 1].low in _CONNECT:
            stop -= 1
        return Phrase(tuple(tokens[start:stop])) if stop > start else None

    def _apposed(self, tokens: Sequence[Token], start: int, comma: int) -> bool:
        """Tell whether a full name follows the comma behind a role: "head of X, Vladimir Saldo"."""
        follows = tokens[comma + 1 : comma + 3]
        return (
            len(follows) == 2  # noqa: PLR2004  (given name and surname)
            and all(token.capital for token in follows)
            and follows[0].text in self._lexicon.given
            and any(token.low in self._nouns for token in tokens[start:comma])
        )

    def _inside(self, token: Token) -> bool:
        """Tell whether a word can stand inside the name of a speaker."""
        low = token.low
        if low in MONTHS and token.capital and low != "may":
            return False
        if low.endswith(("’s", "'s")):
            low = low[:-2]
        return (
            token.capital
            or low in _CONNECT
            or low in self._nouns
            or low in self._lexicon.modifiers
            or low.rstrip("’'") in self._nouns
            or ("-" in low and low.replace("-", "").isalpha())
            or low in {"a", "an"}
        )


def _skip_date(tokens: Sequence[Token], stop: int) -> int:
    """Step left over "on September 21"."""
    at = stop
    while at > 0 and _DAY.fullmatch(tokens[at].text) and tokens[at - 1].low == "and":
        at -= 2
    if at > 0 and _DAY.fullmatch(tokens[at].text) and tokens[at - 1].low in MONTHS:
        at -= 2
        while at >= 0 and tokens[at].low in {"on", "late", "early", "in", "since"}:
            at -= 1
        return at
    return stop


def _skip_adverbs(tokens: Sequence[Token], stop: int) -> tuple[int, bool]:
    """Step left over adverbs, auxiliaries, dates and set phrases; tell whether one negates."""
    negated = False
    while stop >= 0:
        low = tokens[stop].low
        behind = _skip_date(tokens, stop)
        if behind != stop:
            stop = behind
        elif low in _NEGATIONS:
            stop, negated = stop - 1, True
        elif low in _ADVERBS or low in _HAVE:
            stop -= 1
        elif low.endswith("ly") and not tokens[stop].capital and low not in _NOT_ADVERBS:
            stop -= 1
        elif low == "turn" and stop >= 1 and tokens[stop - 1].low == "in":
            stop -= 2
        else:
            break
    return stop, negated
