"""Questions about days and nothing else: answered with what the reports of those days lead with."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final

import numpy as np

from index.model import BlockKind
from index.rank import FEATURES, QUOTABLE, Ranked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from index.model import Report
    from index.passages import StoredPassage
    from index.query import Query

SURE: Final = 0.95
"""The confidence of an overview: a report of the day tells of the day."""

_MOST_DAYS: Final = 31
_FIRST_SENTENCES: Final = 5


def overview(
    query: Query,
    *,
    on_day: Callable[[date], Sequence[str]],
    read: Callable[[str], Report],
    passages: Callable[[str, int], Sequence[StoredPassage]],
) -> list[Ranked]:
    """Return what the reports of the days asked about lead with, the newest day first.

    One sentence of each report in turn; of a report without takeaways its first sentences. Empty
    where no report is of those days, or they are more than a month.

    Args:
        query: a question as understood.
        on_day: lists the ids of the reports published on a day.
        read: returns a report.
        passages: returns the passages of a revision, in reading order.
    """
    reports = [read(id_) for day in _days(query) for id_ in on_day(day)]
    if query.publishers:
        reports = [one for one in reports if one.publisher in query.publishers]
    led = [list(_leads(passages(one.id, one.revision))) for one in reports]
    in_turn = [one for one in chain.from_iterable(zip_longest(*led)) if one is not None]
    return [
        Ranked(
            passage=passage,
            place=place,
            score=1.0 - rank / len(in_turn),
            features=np.zeros(len(FEATURES), np.float32),
            tokens=np.zeros(0, np.float32),
        )
        for rank, (passage, place) in enumerate(in_turn)
    ]


def _days(query: Query) -> list[date]:
    days: set[date] = set()
    for event in query.events:
        if event.days <= _MOST_DAYS:
            days.update(event.first + timedelta(days=n) for n in range(event.days))
    return sorted((day for day in days if day <= query.asked_on), reverse=True)


def _leads(passages: Sequence[StoredPassage]) -> Iterator[tuple[StoredPassage, int]]:
    told = [
        (passage, place)
        for passage in passages
        for place, sentence in enumerate(passage.sentences)
        if sentence.kind in QUOTABLE
    ]
    takeaways = [
        (passage, place)
        for passage, place in told
        if passage.sentences[place].kind is BlockKind.TAKEAWAY
    ]
    yield from takeaways or told[:_FIRST_SENTENCES]
