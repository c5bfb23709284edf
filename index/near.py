"""Near-copies: the same report met again with some words changed, or with parts left out.

Reports are compared by the runs of three words they share, boilerplate left out. Resemblance is the
share of all runs that both have (Jaccard), coverage the share of one report's runs that the other
has. Candidates are found by their sketches, the smallest hashes of their runs (Broder, "On the
resemblance and containment of documents", 1997).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from index.model import BlockKind

if TYPE_CHECKING:
    from datetime import date

    from index.model import ParsedReport

FEWEST_SHARED: Final = 16
"""Hashes that sketches of near-copies have in common at least; a resemblance of a half gives 32."""

_KEYS: Final = 64
_RUN: Final = 3
_FEWEST_RUNS: Final = 60  # what is shorter can't be told from a formula
_MOST_WORDS: Final = 200_000  # what is longer is no report
_RESEMBLING: Final = 0.5
_COVERED: Final = 0.8
# One publisher's reports of two days repeat each other: real ones up to 0.25.
_RESEMBLING_DAILY: Final = 0.95
_FULLER: Final = 0.1

_LEFT_OUT: Final = frozenset({BlockKind.BOILERPLATE, BlockKind.BYLINE})
_MARKER: Final = re.compile(r"\[\s*\w{1,6}\s*\]?")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A report as it is compared: ``runs`` are the hashed runs of its words."""

    id: str
    publisher: str | None
    published: date | None
    runs: frozenset[int] = field(repr=False)

    @property
    def sketch(self) -> tuple[int, ...]:
        """The smallest hashes; none where the text is too short or too long to be compared."""
        if len(self.runs) < _FEWEST_RUNS:
            return ()
        return tuple(sorted(self.runs)[:_KEYS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``copy`` says what ``original`` says; ``coverage``, 0 to 1, is how much of it."""

    copy: str
    original: str
    coverage: float


def compared(id_: str, report: ParsedReport) -> Compared:
    """Take from a report what it is compared by."""
    return Compared(
        id=id_, publisher=report.publisher, published=report.published, runs=_runs(report)
    )


def link(new: Compared, old: Compared) -> Link | None:
    """Decide whether one of two reports is a near-copy of the other, and which.

    The copy is the one that the other covers better; of two that cover each other alike, the one
    that came in later.

    Args:
        new: the one that came in later.
        old: the one that was there.
    """
    if not new.sketch or not old.sketch:
        return None
    shared = len(new.runs & old.runs)
    enough = _RESEMBLING_DAILY if _are_daily(new, old) else _RESEMBLING
    if shared < enough * len(new.runs | old.runs):
        return None
    covered, covers = shared / len(new.runs), shared / len(old.runs)
    if covers > covered + _FULLER:
        found = Link(copy=old.id, original=new.id, coverage=covers)
    else:
        found = Link(copy=new.id, original=old.id, coverage=covered)
    return found if found.coverage >= _COVERED else None


def _are_daily(one: Compared, other: Compared) -> bool:
    return (
        one.publisher == other.publisher
        and None not in (one.published, other.published)
        and one.published != other.published
    )


def _runs(report: ParsedReport) -> frozenset[int]:
    kept = (block.of(report.text) for block in report.blocks if block.kind not in _LEFT_OUT)
    words = [word for text in kept for word in _WORD.findall(_MARKER.sub(" ", text).casefold())]
    if len(words) > _MOST_WORDS:
        return frozenset()
    return frozenset(
        _hash(" ".join(words[start : start + _RUN])) for start in range(len(words) - _RUN + 1)
    )


def _hash(run: str) -> int:
    """Return 63 bits, which every database holds in one signed integer."""
    return int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "big") >> 1
