"""Finding listed names in text: word by word, whole words, the longest name first."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from index.lexicon_data import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon_data import Entry

# A possessive is the name all the same.
_WORD: Final = re.compile("([^\\W_]+)(?:['\u2019`]s\\b)?")
_GAP: Final = re.compile("(?:['\u2019`]s)?[ \\t\\xa0'\u2019`.()/&\\-\u2010-\u2014]{1,3}")
_INITIAL: Final = 2  # a dot may stand behind "U" or "St" inside a name, behind nothing longer
_RANK: Final = {kind: place for place, kind in enumerate(Kind)}


class Word(NamedTuple):
    """A word of a text, without its possessive ending; ``folded`` is how it is compared."""

    start: int
    end: int
    text: str
    folded: str


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return a word as it is compared: without case or accents."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(text: str) -> list[Word]:
    """Return the words of a text in order."""
    return [Word(*found.span(1), word := found[1], fold(word)) for found in _WORD.finditer(text)]


def folded(phrase: str) -> str:
    """Return the words of a phrase as they are compared, with single spaces."""
    return " ".join(fold(word) for word in _WORD.findall(phrase))


def joined(text: str, words: Sequence[Word], at: int) -> bool:
    """Tell whether word ``at`` and the one before it can stand in one name."""
    before = words[at - 1]
    gap = text[before.end : words[at].start]
    if gap in {" ", "."}:  # "Gazeta.ru"
        return True
    if _GAP.fullmatch(gap) is None:
        return False
    return "." not in gap or before.end - before.start <= _INITIAL


@dataclass(slots=True)
class NameTree:
    """Names, word by word.

    An end holds the entry, the name's words as listed, and whether the name is also an ordinary
    word, which counts only with its capitals.
    """

    next: dict[str, NameTree] = field(default_factory=dict)
    ends: list[tuple[Entry, tuple[str, ...], bool]] = field(default_factory=list)

    def add(self, name: str, entry: Entry, *, ordinary: bool) -> None:
        """Enter one name of ``entry``."""
        listed = tuple(_WORD.findall(name))
        node = self
        for word in listed:
            node = node.next.setdefault(fold(word), NameTree())
        node.ends.append((entry, listed, ordinary))

    def longest(
        self, text: str, words: Sequence[Word], at: int, *, typed: bool
    ) -> tuple[Entry, int] | None:
        """Return the longest name that starts at word ``at``, and the word behind it.

        Where ``typed``, capitals mean nothing, but for ordinary words.
        """
        node = self.next.get(words[at].folded)
        best: tuple[Entry, int] | None = None
        stop = at
        while node is not None:
            stop += 1
            for entry, listed, ordinary in node.ends:
                if not (typed and not ordinary) and not _cased(words[at:stop], listed):
                    continue
                if best is None or best[1] < stop or _RANK[entry.kind] < _RANK[best[0].kind]:
                    best = entry, stop
            if stop == len(words) or not node.next or not joined(text, words, stop):
                break
            node = node.next.get(words[stop].folded)
        return best


def _cased(words: Sequence[Word], listed: Sequence[str]) -> bool:
    """Tell whether words have the capitals that the listed ones have."""
    for word, one in zip(words, listed, strict=True):
        if len(one) > 1 and one.isupper():
            if word.text != one:
                return False
        elif one[0].isupper() and not word.text[0].isupper():
            return False
    return True
