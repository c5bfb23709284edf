"""Where sentences end in a report: the unit that is quoted.

A sentence keeps the endnote markers printed right behind its full stop, whatever stands between
(`.[12]`, `. [12]`, `[66] [67]`, `."[12]`, `.[12]"`), so that a quote carries its own notes.
"""

from __future__ import annotations

import re
from typing import Final

from index.model import Span

ROMAN: Final = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
"""Lower-case roman numerals up to 399, the second numbering publishers use."""

# A bracket may be doubled by scraping, hold spaces, or never be closed ("[55 The").
_MARKER: Final = rf"\[{{1,2}}\s*(?:\d{{1,4}}|{ROMAN})\s*(?:\]{{1,2}}|(?=\s|$))"
_CLOSERS: Final = r"[\"'\u201d\u2019»)\]]"
_END: Final = re.compile(
    r"(?P<stop>[.!?…]+|(?P<wide>[\u3002\uff01\uff1f\u061f\u0964]+))"
    # A turned-round quotation mark closes when it clings to the stop and nothing clings to it.
    rf"(?P<close>{_CLOSERS}*(?:[“„](?=\s|\[|$))?)"
    rf"(?P<notes>(?:[^\S\n]{{0,3}}(?:[,;][^\S\n]?)?{_MARKER})*)"
    rf"{_CLOSERS}*"
)
_WORD_BEFORE: Final = re.compile(r"(?:[^\W_]\.)*[^\W_]+$")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_FIRST_WORD: Final = re.compile(r"[\"'“\u2018„«(\[]*([^\W_]+)")
_LOOKBACK: Final = 24
_SHORTEST_WORD: Final = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never end a sentence: something always follows.
_TITLES: Final = _words(
    "adm amb brig capt cmdr col cpl dep det dr fig gen gens gov hon lt ltg maj mgen mr mrs ms mt mx"
    " pfc pres prof pvt rep reps rev sec sen sens sgt spc st supt vs eg ie cf ca approx viz"
)
# Abbreviations when a number follows ("no. 6", "Feb. 24"), ordinary words otherwise.
_BEFORE_NUMBERS: Final = _words(
    "no nos nr art ch p pp vol para jan feb mar apr jun jul aug sep sept oct nov dec"
)
# May end a sentence: the next word decides.
_EITHER: Final = _words("am pm us uk un eu dc usa uae inc corp ltd co jr sr etc bros est")
_WORDS_TOO: Final = _words("am us un")
_STARTERS: Final = _words(
    "a according additionally after all although an and another as at because both but by despite"
    " during each earlier even few finally first following for from furthermore he her his however"
    " i if in instead isw it its later likewise many meanwhile moreover most neither no nor not now"
    " of on one or other our others previously several she since so some such that the their then"
    " there these they this those though thus to under unlike until we what when where whether"
    " which while who with you"
)


def sentences(text: str, span: Span) -> list[Span]:
    """Return the sentences of ``text`` inside ``span``, trimmed, in order, without overlap.

    A line break always ends a sentence: normalised text breaks lines between blocks only.
    Together they cover every character of the span that is not white space.
    """
    found: list[Span] = []
    start = span.start
    while start < span.end:
        newline = text.find("\n", start, span.end)
        end = span.end if newline < 0 else newline
        _split_line(text, start, end, found)
        start = end + 1
    return found


def _split_line(text: str, start: int, end: int, found: list[Span]) -> None:
    begin = start
    for stop in _END.finditer(text, start, end):
        if _ends_sentence(text, stop, begin, end):
            _append(text, begin, stop.end(), found)
            begin = stop.end()
    _append(text, begin, end, found)


def _append(text: str, start: int, end: int, found: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Span(start=start, end=end))


def _ends_sentence(text: str, stop: re.Match[str], begin: int, end: int) -> bool:
    after = stop.end()
    while after < end and text[after].isspace():
        after += 1
    if after == end:
        return False  # the line's end closes it anyway
    if stop["wide"]:
        return True
    if after == stop.end():
        return _is_glued(text, stop)
    if not _may_follow(text, stop, after):
        return False
    return stop["stop"] != "." or _is_full_stop(text, stop, begin, after)


def _is_glued(text: str, stop: re.Match[str]) -> bool:
    """Tell whether a sentence starts right behind the stop, its space lost."""
    at = stop.end()
    if stop["notes"]:
        return text[at].isupper() or text[at] in "“\u2018"
    before = text[max(0, stop.start() - _SHORTEST_WORD) : stop.start()]
    return (
        len(before) == _SHORTEST_WORD
        and before.isalpha()
        and before.islower()
        and text[at].isupper()
        and text[at + 1 : at + 2].islower()
    )


def _may_follow(text: str, stop: re.Match[str], after: int) -> bool:
    """Tell whether what stands at ``after`` can open a sentence."""
    follower = text[after]
    noted = bool(stop["notes"])
    if text[stop.start() - 1].isspace() and stop["stop"].startswith(("…", "..")):
        return False  # an omission inside a quotation, not an end
    if follower.islower():
        return noted or text.startswith(("al-", "el-", "iPhone", "eBay"), after)
    return follower not in ",;:-\u2013—" and (follower != "." or noted)


def _is_full_stop(text: str, stop: re.Match[str], begin: int, after: int) -> bool:
    """Tell a full stop from the dot of an abbreviation, an initial or a list number."""
    found = _WORD_BEFORE.search(text, max(begin, stop.start() - _LOOKBACK), stop.start())
    if found is None:
        return True
    word = found.group()
    if word.isdigit():
        return bool(text[begin : found.start()].strip())  # else a list number: "1. Russian forces"
    if stop["notes"] or stop["close"]:
        return True  # nobody puts a note or a closing quote inside an abbreviation
    return _word_may_end(word, text, after)


def _word_may_end(word: str, text: str, after: int) -> bool:
    key = word.replace(".", "").lower()
    if key in _BEFORE_NUMBERS:
        return not text[after].isdigit()
    if key in _TITLES:
        return False
    undecided = key in _EITHER and ("." in word or key not in _WORDS_TOO)
    if undecided or (word[-1].isupper() and _INITIALS.fullmatch(word)):
        first = _FIRST_WORD.match(text, after)
        return first is not None and first[1].lower() in _STARTERS
    return True
