"""The numbers that tie a marker in the text to its endnote, arabic or roman."""

from __future__ import annotations

import re
from typing import Final

from index.sentences import ROMAN

LABEL: Final = rf"\d{{1,3}}|{ROMAN}"
"""What stands between the brackets; four digits are a year."""

_DIGITS: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN: Final = re.compile(ROMAN)


def number(label: str) -> int:
    """Return the number a label writes: 7 for "7", 12 for "xii"."""
    if label.isdecimal():
        return int(label)
    values = [_DIGITS[letter] for letter in label]
    following = [*values[1:], 0]
    return sum(
        -value if value < after else value for value, after in zip(values, following, strict=True)
    )


def is_roman(label: str) -> bool:
    """Tell whether a label is a roman numeral."""
    return bool(label) and _ROMAN.fullmatch(label) is not None


def roman(value: int) -> str:
    """Return a number from 1 to 399 as a lower-case roman numeral."""
    units = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"))
    written = ""
    for size, letters in (*units, (4, "iv"), (1, "i")):
        written += letters * (value // size)
        value %= size
    return written
