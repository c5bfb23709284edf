"""The `[7]` in a report's text, in every form it is printed."""

from __future__ import annotations

import re
from typing import Final

from index.model import Marker
from index.parse.labels import is_roman
from index.sentences import ROMAN

# One bracket may hold several labels ("[3, 4]"), spaces ("[ 14]") or never be closed ("[55 The").
_BRACKET: Final = re.compile(
    rf"\[{{1,2}}\s*(?P<first>\d{{1,3}}|{ROMAN})"
    rf"(?P<more>(?:\s*[,;]\s*(?:\d{{1,3}}|{ROMAN}))*)(?P<close>\s*\]{{1,2}})?"
)
_USUAL: Final = re.compile(r"\[([1-9]\d{0,2})\](?!\])")
_UNUSUAL: Final = re.compile(r"\[(?![1-9]\d{0,2}\](?!\]))\s*[\divxlc\[]")
_LABEL: Final = re.compile(rf"\d{{1,3}}|{ROMAN}(?![a-z])")
_FEWEST_ROMAN: Final = 3


def markers(text: str, labels: frozenset[str]) -> tuple[Marker, ...]:
    """Return the markers of ``text`` in order.

    A bracket counts as a marker where a note carries its label, or where it can hardly be
    anything else: a closed bracket around a number. Roman numerals need a note, or company.
    """
    usual = [
        Marker(start=one.start(), end=one.end(), label=one[1]) for one in _USUAL.finditer(text)
    ]
    if not _UNUSUAL.search(text):
        return tuple(usual)
    found = [one for one in _BRACKET.finditer(text) if _is_marker(text, one, labels)]
    roman = [one["first"] for one in found if is_roman(one["first"])]
    if roman and not labels.intersection(roman) and len(set(roman)) < _FEWEST_ROMAN:
        found = [one for one in found if not is_roman(one["first"])]
    return tuple(marker for one in found for marker in _split(one))


def _is_marker(text: str, bracket: re.Match[str], labels: frozenset[str]) -> bool:
    after = text[bracket.end() : bracket.end() + 1]
    if bracket["first"].startswith("0"):
        return False
    if bracket["close"]:
        # A letter put into a quotation ("[c]ontinue") is no roman number.
        return not (after.islower() and is_roman(bracket["first"]))
    return bracket["first"] in labels and not bracket["more"] and (not after or after.isspace())


def _split(bracket: re.Match[str]) -> list[Marker]:
    first = bracket["first"]
    if not bracket["more"]:
        return [Marker(start=bracket.start(), end=bracket.end(), label=first)]
    whole = bracket.group()
    inner = list(_LABEL.finditer(whole))
    last = len(inner) - 1
    return [
        Marker(
            start=bracket.start() + (0 if i == 0 else one.start()),
            end=bracket.start() + (len(whole) if i == last else one.end()),
            label=one.group(),
        )
        for i, one in enumerate(inner)
    ]
