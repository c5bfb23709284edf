"""A question as a row of words and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.questionwords import WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon import Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A word of a question in lower case, or a name of several words as one item."""

    word: str
    start: int
    end: int
    mention: Mention | None = None


def items(text: str, mentions: Sequence[Mention]) -> list[Item]:
    """Cut a question into words and names, in order."""
    starts = {mention.start: mention for mention in mentions}
    found: list[Item] = []
    covered = 0
    for word in WORD.finditer(text):
        if word.start() < covered:
            continue
        mention = starts.get(word.start())
        end = max(word.end(), mention.end if mention else 0)
        if mention and text.startswith("'s", end):
            end += len("'s")
        covered = end
        shown = text[word.start() : end].lower()
        found.append(Item(word=shown, start=word.start(), end=end, mention=mention))
    return found
