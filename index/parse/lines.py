"""What several readers ask of a line of text."""

from __future__ import annotations

import re
from typing import Final

UNSEEN: Final = "\u00ad\u200b\u2060\ufeff"
"""Characters that show nothing and stand in the middle of words: soft hyphens and the like."""

_ENDED: Final = re.compile(r"[.!?:;…][\"'”\u2019)\]\s\d\[]*$")
_CLOSED: Final = re.compile(r"[.!?…][\"'”\u2019)\]\s\d\[]*$")


def is_ended(line: str) -> bool:
    """Tell whether what follows a line starts anew, markers and closing quotes aside."""
    return _ENDED.search(line) is not None


def is_sentence(line: str) -> bool:
    """Tell whether a line ends as a sentence does, markers and closing quotes aside."""
    return _CLOSED.search(line) is not None


def goes_on(line: str, after: str) -> bool:
    """Tell whether a line break stands in the middle of a sentence."""
    return after.lstrip()[:1].islower() and not is_ended(line)
