"""Misspelt names: which listed ones a word may mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

if TYPE_CHECKING:
    from collections.abc import Mapping

    from index.lexicon_data import Entry, Kind

_SHORTEST: Final = 5  # shorter words are a typing slip away from too many others
_SOUNDS: Final = {
    letter: letters[0] for letters in ("sz", "kcq", "hg", "vw", "iyej") for letter in letters
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """An entry that a misspelt word may mean; ``score`` is a similarity, 0 to 100."""

    key: str
    kind: Kind
    side: str | None
    name: str
    score: float


def guesses(wanted: str, names: Mapping[str, Entry], *, least: float, most: int) -> list[Guess]:
    """Return the entries whose folded names are like ``wanted``, best first.

    Args:
        wanted: a folded word or phrase.
        names: folded names and what each is the name of.
        least: the least similarity, 0 to 100; swapped neighbours count as one edit.
        most: how many entries at most.
    """
    if len(wanted) < _SHORTEST:
        return []
    sound = _SOUNDS.get(wanted[0], wanted[0])
    near = process.extract(
        wanted,
        [name for name in names if _SOUNDS.get(name[0], name[0]) == sound],
        scorer=DamerauLevenshtein.normalized_similarity,
        score_cutoff=least / 100,
        limit=most * 4,
    )
    found: dict[str, Guess] = {}
    for name, similarity, _ in near:
        entry = names[name]
        guess = Guess(
            key=entry.key, kind=entry.kind, side=entry.side, name=name, score=100.0 * similarity
        )
        found.setdefault(entry.key, guess)
    return list(found.values())[:most]
