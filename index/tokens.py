"""The words of a sentence, and what may be stepped over between a verb and its subject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.model import Span

_TOKEN: Final = re.compile(
    r"(?P<note>\[{1,2}\s*(?:\d{1,4}|[ivxlc]+)\s*\]{0,2})"
    r"|(?:[A-Z]\.){2,}|(?:Gen|Lt|Col|Maj|Brig|Capt|St|Dr|Mrs?|Ms|Sgt|Adm)\."
    "|[^\\W_]+(?:[-\u2010\u2011\u2019'.&/][^\\W_]+)*(?:(?<=s)['\u2019](?=\\s[a-z]))?|\\S"
)
_DAY: Final = re.compile("\\d{1,2}(?:st|nd|rd|th)?(?:[-\u2013]\\d{1,2})?")
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_POSSESSIVE: Final = re.compile("['\u2019]s?$")
_POSSESSIVES: Final = ("'s", "\u2019s", "s'", "s\u2019")
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}


def word_set(words: str) -> frozenset[str]:
    """Return the words of a string as a set."""
    return frozenset(words.split())


BE: Final = word_set("is are was were be been being")
SAME: Final = word_set("and but then or")
WHO: Final = word_set("who whose which")
PRONOUNS: Final = word_set("he she they it")
DEFINITE: Final = word_set("the this that these those")
DASHES: Final = word_set("\u2014 \u2013 -")
HAVE: Final = word_set("has have had")
ADVERBS: Final = word_set(
    "also then later again further now still already even both all each himself herself themselves"
    " itself just once too today earlier however instead meanwhile"
)
_NO_ADVERBS: Final = word_set("only family ally italy july assembly")
_NEGATIONS: Final = word_set("not never nor cannot without neither hardly")
_BEFORE_DATES: Final = word_set("on late early in since")


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

    @property
    def word(self) -> str:
        """The word in lower case, without a possessive ending."""
        return _POSSESSIVE.sub("", self.low)

    @property
    def possessive(self) -> bool:
        """Tell "Putin's" from "Putin"."""
        return self.low.endswith(_POSSESSIVES) and len(self.low) > 1


def tokens_of(text: str, span: Span) -> list[Token]:
    """Return the tokens of a sentence, with offsets into the report's text."""
    return [
        Token(word := found[0], word.lower(), *found.span())
        for found in _TOKEN.finditer(text, span.start, span.end)
        if found.lastgroup is None
    ]


def before_date(tokens: Sequence[Token], stop: int) -> int:
    """Return the index before "on September 21", if that ends at ``stop``, else ``stop``."""
    at = stop
    while at > 0 and _DAY.fullmatch(tokens[at].text) and tokens[at - 1].low == "and":
        at -= 2
    if at <= 0 or tokens[at - 1].low not in MONTHS or not _DAY.fullmatch(tokens[at].text):
        return stop
    at -= 2
    while at >= 0 and tokens[at].low in _BEFORE_DATES:
        at -= 1
    return at


def before_adverbs(tokens: Sequence[Token], stop: int) -> tuple[int, bool]:
    """Step left over adverbs, "have" and dates; return where, and whether a "not" was there."""
    negated = False
    while stop >= 0:
        low = tokens[stop].low
        behind = before_date(tokens, stop)
        if behind != stop:
            stop = behind
        elif low == "turn" and stop >= 1 and tokens[stop - 1].low == "in":
            stop -= 2
        elif low in _NEGATIONS or low in HAVE or _is_adverb(tokens[stop]):
            negated |= low in _NEGATIONS
            stop -= 1
        else:
            break
    return stop, negated


def _is_adverb(token: Token) -> bool:
    plain = token.low.endswith("ly") and not token.capital and token.low not in _NO_ADVERBS
    return plain or token.low in ADVERBS
