"""What changed between the takeaways of two days: new, with other figures, repeated, dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from index.digest import SAME_RATIO, repeats
from index.support import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    repeated, unmatched, left = _paired(earlier, later, _repeats)
    figures, new, dropped = _paired(left, unmatched, _differ_in_figures)
    return Changes(
        new=tuple(new),
        figures=tuple(figures),
        repeated=tuple(item for _, item in repeated),
        dropped=tuple(dropped),
    )


def _paired(
    earlier: Sequence[DigestItem],
    later: Sequence[DigestItem],
    match: Callable[[str, str], bool],
) -> tuple[list[tuple[DigestItem, DigestItem]], list[DigestItem], list[DigestItem]]:
    """Return counterparts, and what is left of the later and of the earlier day."""
    left, pairs, alone = list(earlier), [], []
    for item in later:
        old = next((one for one in left if match(item.text, one.text)), None)
        if old is None:
            alone.append(item)
        else:
            left.remove(old)
            pairs.append((old, item))
    return pairs, alone, left


def _repeats(one: str, other: str) -> bool:
    return repeats(plain(one), plain(other))


def _differ_in_figures(one: str, other: str) -> bool:
    """Tell whether two texts say the same with other figures."""
    if _FIGURE.findall(one) == _FIGURE.findall(other):
        return False
    mine, theirs = (plain(_FIGURE.sub("0", text)) for text in (one, other))
    return fuzz.ratio(mine, theirs) >= SAME_RATIO
