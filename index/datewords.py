"""Words that name days, told from words that only look like them, whatever their spelling.

A text becomes one line of plain words with single spaces, in which a month is ``M1`` to ``M12``, a
weekday ``W0`` (Monday) to ``W6``, a season ``S0`` (spring) to ``S3`` and an ordinal ``21o``; other
words are in lower case, so nobody can type such a code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

from index.wordlists import listed, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_MONTHS: Final = listed(
    "january february march april may june july august september october november december"
)
_WEEKDAYS: Final = listed("monday tuesday wednesday thursday friday saturday sunday")
_VERBS: Final = frozenset({"march", "may"})
_SEASONS: Final = {"spring": "S0", "summer": "S1", "autumn": "S2", "winter": "S3"}
_CODES: Final = {
    **{name: f"M{number}" for number, name in enumerate(_MONTHS, 1) if name not in _VERBS},
    **{name: f"W{number}" for number, name in enumerate(_WEEKDAYS)},
    **_SEASONS,
}
# Words, names or verbs of their own unless what stands beside them says otherwise.
_UNSURE: Final = {
    **{name[:3]: f"M{number}" for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: f"W{number}" for number, name in enumerate(_WEEKDAYS)},
    "march": "M3",
    "may": "M5",
    "sept": "M9",
    "fall": "S2",
    "tues": "W1",
    "weds": "W2",
    "thur": "W3",
    "thurs": "W3",
}
_ORDINALS: Final = {
    word: f"{number}o"
    for number, word in enumerate(
        listed("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"),
        1,
    )
}
_MISSPELT: Final = (
    *(name for name in (*_MONTHS, *_WEEKDAYS) if len(name) > len("march")),
    "april",
    "yesterday",
    "tomorrow",
    "weekend",
)
_SHORTEST_MISSPELT: Final = 5
_LONG: Final = 7
_TOKEN: Final = re.compile(
    r"(?P<date>[0-9]{1,4}(?P<sep>[-./])[0-9]{1,2}(?P=sep)[0-9]{1,4}(?![0-9])"
    r"|[0-9]{1,2}[./][0-9]{1,2}\.?(?![0-9/%]))"
    r"|(?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th)\b"
    r"|(?P<word>[^\W_]+)(?:['\u2019`]s\b)?"
    r"|(?P<mark>[^\w\s])",
    re.IGNORECASE,
)
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2212"

_LEADS: Final = word_set(
    "in since until till by before after during from between around about early mid late of last"
    " this next past previous through throughout earlier month"
)
_PARTS: Final = word_set("early mid late")
_LINKS: Final = word_set("and or to - through until till")
_MOTION: Final = word_set("on to toward towards into through across past against")
_OWNERS: Final = word_set("his her its their my our")
FUNCTION: Final = word_set(
    "a about after and are as at before but by did do does for from had has how in is it just of"
    " on or over that the then there they this to until was we were what when where which who why"
    " will with"
)
_NUMBER: Final = re.compile(r"[0-9]{1,2}o?|(?:1[89]|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Line:
    """The plain words of a text, and where each stands in it."""

    text: str
    places: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original text of a stretch of the line."""
        first = bisect_right(self.places, start) - 1
        last = bisect_right(self.places, end - 1) - 1
        return self.spans[first][0], self.spans[last][1]


def line_of(text: str, *, edited: bool) -> Line:
    """Read ``text``; an ``edited`` one writes month names with a capital and without mistakes."""
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(text):
        word = _word(token, edited=edited)
        abbreviated = word == "." and bool(words) and words[-1] in _UNSURE
        if abbreviated and spans[-1][1] == token.start():
            continue
        words.append(word)
        spans.append(token.span())
    for place, word in enumerate(words):
        if word in _UNSURE and _names_days(words, place):
            words[place] = _UNSURE[word]
        elif word in _ORDINALS and _beside_month(words, place):
            words[place] = _ORDINALS[word]
    places: list[int] = []
    length = 0
    for word in words:
        places.append(length)
        length += len(word) + 1
    return Line(" ".join(words), tuple(places), tuple(spans))


def names_days(word: str) -> bool:
    """Tell whether a word in lower case is a month's, weekday's or season's name by itself."""
    return word in _CODES or word in _VERBS


def _word(token: re.Match[str], *, edited: bool) -> str:
    if token["date"]:
        return token["date"]
    if token["ordinal"]:
        return f"{int(token['ordinal'])}o"
    raw: str | None = token["word"]
    if raw is None:
        return "-" if token["mark"] in _DASHES else token["mark"]
    lowered = raw.lower()
    if edited and lowered[:1] == raw[:1] and (lowered in _CODES or lowered in _UNSURE):
        return _SEASONS.get(lowered) or (lowered if lowered == "fall" else "_")
    return _CODES.get(lowered) or (lowered if edited else _respelt(lowered))


@lru_cache(maxsize=4096)
def _respelt(word: str) -> str:
    """Return the code or the right spelling of a word a person may have mistyped."""
    singular = word.removesuffix("s")
    if singular in _CODES:
        return _CODES[singular]
    if len(word) < _SHORTEST_MISSPELT or len(word) > 2 * _LONG:
        return word
    allowed = 2 if len(word) >= _LONG else 1
    for right in _MISSPELT:
        if right[0] == word[0] and OSA.distance(word, right, score_cutoff=allowed) <= allowed:
            return _CODES.get(right, right)
    return word


def _names_days(words: Sequence[str], place: int) -> bool:
    """Tell whether an unsure word (may, march, sun, sat, fall, an abbreviation) names days here."""
    word = words[place]
    earlier, before = ["", "", *words[max(0, place - 2) : place]][-2:]
    after, later = [*words[place + 1 : place + 3], "", ""][:2]
    if word == "fall":
        return before in {"this", "last", "next"} or re.fullmatch(r"20[0-9]{2}", after) is not None
    if _UNSURE[word].startswith("W"):
        return before in _LEADS or before == "on" or (before in _LINKS and earlier[:1] == "W")
    linked = (after in _LINKS and later[:1] == "M") or (before in _LINKS and earlier[:1] == "M")
    if linked or len(words) == 1 or _NUMBER.fullmatch(after):
        return True
    closed = after in FUNCTION or not after[:1].isalpha()
    ordinal = _NUMBER.fullmatch(before) is not None and before.endswith("o")
    led = ordinal or before in _LEADS or (before == "-" and earlier in _PARTS)
    if word == "march":
        led = (led or (before in _OWNERS and not closed)) and after not in _MOTION
    if before.isdigit() or (word == "may" and before == "this"):
        return closed
    return led


def _beside_month(words: Sequence[str], place: int) -> bool:
    earlier, before = ["", "", *words[max(0, place - 2) : place]][-2:]
    after, later = [*words[place + 1 : place + 3], "", ""][:2]
    return (after == "of" and _may_be_month(later)) or (before == "the" and _may_be_month(earlier))


def _may_be_month(word: str) -> bool:
    return word[:1] == "M" or _UNSURE.get(word, "")[:1] == "M"
