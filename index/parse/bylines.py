"""Who wrote a report and when, as the lines above its body say it."""

from __future__ import annotations

import re
from typing import Final

_MONTH: Final = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|ember|tember"
    r"|ober)?"
)
_CLOCK: Final = r"(?:[01]?\d[0-5]\d|(?:[01]?\d|2[0-3])(?:[:.][0-5]\d)?)"
_TIME: Final = rf"{_CLOCK}\s*(?:[ap]\.?m\.?)?(?:\s*(?:e[sd]?t|gmt|utc|z))?"
_WHEN: Final = re.compile(
    rf"(?:(?:last |page )?(?:updated|published|posted|as of)[:,]?\s*)?(?:\w{{3,6}}day,?\s+)?"
    rf"(?:{_MONTH}\.?\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH}\.?|\d{{4}}-\d\d-\d\d)(?:st|nd|rd|th)?"
    rf"(?:,?\s+\d{{4}})?(?:,|\s+at|\s+-)?\s*(?:{_TIME})?[\s.]*",
    re.IGNORECASE,
)
_LONGEST: Final = 400
_LONGEST_NAME: Final = 60
_PARTICLES: Final = r"(?:de|del|der|di|al|el|bin|ibn|van|von|la|le|du|da|ter|ten)"
_NAME: Final = re.compile(
    rf"(?:(?:Dr|Gen|Col|Lt|Maj|Prof|Amb)\.?\s+)?[^\W\d_a-z][\w'\u2019.-]*"
    rf"(?:\s+(?:{_PARTICLES}\s+)*(?:[^\W\d_a-z][\w'\u2019.-]*|{_PARTICLES}-[\w'\u2019-]+)){{1,4}}"
    r"(?:,? (?:Jr|Sr|II|III)\.?)?"
)
_OPENING: Final = re.compile(r"(?:written |authored )?by:?\s+|authors?:\s*", re.IGNORECASE)
_BETWEEN: Final = re.compile(
    r"\s*(?:[,;&|]\s*(?:and\s+|with\s+)?|\band\s+|\bwith\s+)", re.IGNORECASE
)


def is_when(line: str) -> bool:
    """Tell whether a line is nothing but a date, with or without the time of day."""
    return len(line) <= _LONGEST and _WHEN.fullmatch(line.strip()) is not None


def names(line: str, *, alone: bool = False) -> tuple[str, ...]:
    """Return the names a byline lists, or nothing where the line is no byline.

    Two capitalised words are a heading as likely as a name: a single name needs a "By", or
    ``alone``, the knowledge that bylines stand here.
    """
    if len(line) > _LONGEST:
        return ()
    opening = _OPENING.match(line)
    listed = line[opening.end() if opening else 0 :].strip().rstrip(" .:,;")
    found = tuple(name.strip() for name in _BETWEEN.split(listed) if name.strip())
    if not all(_NAME.fullmatch(name) for name in found):
        return ()
    return found if len(found) > 1 or opening or alone else ()


def is_name(line: str) -> bool:
    """Tell whether a line is nothing but one person's name."""
    return len(line) <= _LONGEST_NAME and _NAME.fullmatch(line.strip()) is not None
