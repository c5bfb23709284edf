"""Which language a report is in, where its page does not say."""

from __future__ import annotations

import re
from typing import Final

_TAG: Final = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
# The commonest words of English take up over a tenth of any English prose, of no other language's.
_ENGLISH: Final = frozenset(
    ("the", "of", "and", "to", "in", "that", "is", "for", "on", "with", "as", "by", "from", "was")
)
_SAMPLE: Final = 4000
_FEWEST: Final = 5
_SHARE: Final = 0.12


def language_of(declared: str | None, text: str) -> str:
    """Return the declared BCP 47 code, else "en" for plainly English text, else "und"."""
    if declared and _TAG.fullmatch(declared.strip()):
        return declared.strip().replace("_", "-")
    found = [word.lower() for word in _WORD.findall(text[:_SAMPLE])]
    common = sum(1 for word in found if word in _ENGLISH)
    return "en" if common >= _FEWEST and common >= _SHARE * len(found) else "und"
