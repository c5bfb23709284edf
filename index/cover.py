"""Questions that ask several sources at once: each of them is quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from index.rank import source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.lexicon import Lexicon
    from index.parts import Part
    from index.rank import Ranked

_LOOKED_AT: Final = 60


def covering(ranked: Sequence[Ranked], parts: Sequence[Part], lexicon: Lexicon) -> list[Ranked]:
    """Move the best sentence of each source asked for to the front, behind the very best.

    A part that asks no source in particular moves nothing.
    """
    leads = []
    for part in parts:
        said = (one for one in ranked[:_LOOKED_AT] if source(one.sentence, part, lexicon)[0] > 0)
        leads += [lead] if (lead := next(said, None)) is not None else []
    first = {id(one): one for one in (*ranked[:1], *leads)}
    return [*first.values(), *(one for one in ranked if id(one) not in first)]
