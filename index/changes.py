"""What changed between the takeaways of two days: new, with other figures, repeated, dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from index.digest import SAME_RATIO, repeats
from index.support import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.model import DigestItem

_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Takeaways, verbatim, in the order of their reports.

    Args:
        new: only on the later day.
        figures: the same on both days but for their figures, the earlier one first.
        repeated: as worded on the later day.
        dropped: only on the earlier day.
    """

    new: tuple[DigestItem, ...]
    figures: tuple[tuple[DigestItem, DigestItem], ...]
    repeated: tuple[DigestItem, ...]
    dropped: tuple[DigestItem, ...]


def changes(earlier: Sequence[DigestItem], later: Sequence[DigestItem]) -> Changes:
    """Compare two days' takeaways; each is the counterpart of at most one of the other day."""
    left = list(earlier)
    new: list[DigestItem] = []
    figures: list[tuple[DigestItem, DigestItem]] = []
    repeated: list[DigestItem] = []
    for item in later:
        same = next((old for old in left if repeats(plain(item.text), plain(old.text))), None)
        other = next((old for old in left if _differ_in_figures(item.text, old.text)), None)
        if same is not None:
            left.remove(same)
            repeated.append(item)
        elif other is not None:
            left.remove(other)
            figures.append((other, item))
        else:
            new.append(item)
    return Changes(
        new=tuple(new), figures=tuple(figures), repeated=tuple(repeated), dropped=tuple(left)
    )


def _differ_in_figures(one: str, other: str) -> bool:
    """Tell whether two texts say the same with other figures."""
    if _FIGURE.findall(one) == _FIGURE.findall(other):
        return False
    mine, theirs = (plain(_FIGURE.sub("0", text)) for text in (one, other))
    return fuzz.ratio(mine, theirs) >= SAME_RATIO
