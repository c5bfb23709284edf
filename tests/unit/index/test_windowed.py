"""Vectors among the reports of some days: the same passages, whichever way they are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.ports import Hit, Window
from index.windowed import WindowedVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.ports import Vector

FIRST = date(2025, 1, 1)
REPORTS = 200
EACH = 20
VECTORS = np.random.default_rng(7).normal(size=(REPORTS * EACH, 16)).astype(np.float32)
IDS = [f"r{place // EACH}.1.{place % EACH}" for place in range(len(VECTORS))]
DAYS = {f"r{number}": FIRST + timedelta(number) if number else None for number in range(REPORTS)}


def exact(vector: Vector, window: Window, top: int) -> list[str]:
    scores = VECTORS @ vector
    order = np.argsort(-scores, kind="stable")
    return [IDS[place] for place in order if window.holds(DAYS[IDS[place].split(".")[0]])][:top]


@dataclass
class Store:
    """Both the vectors and what SQL says of them; notes which windows the vectors were asked."""

    asked: list[Window] = field(default_factory=list)

    def nearest(self, vector: Vector, *, top: int, window: Window) -> list[Hit]:
        self.asked.append(window)
        return [Hit(id=id_, score=0.0) for id_ in exact(vector, window, top)]

    def days(self) -> dict[str, date | None]:
        return DAYS

    def vectors(self, window: Window, *, most: int) -> tuple[Sequence[str], Vector] | None:
        places = [
            place
            for place, id_ in enumerate(IDS)
            if (day := DAYS[id_.split(".")[0]]) is not None and window.holds(day)
        ]
        return None if len(places) > most else ([IDS[at] for at in places], VECTORS[places])


def day(number: int) -> date:
    return FIRST + timedelta(number)


@pytest.mark.parametrize(
    ("window", "by_the_store"),
    [
        pytest.param(Window(), True, id="everything"),
        pytest.param(Window(last=day(150)), False, id="most, with the undated"),
        pytest.param(Window(first=day(20), last=day(180)), False, id="many days"),
        pytest.param(Window(first=day(60), last=day(63)), False, id="few days"),
        pytest.param(Window(last=day(2)), True, id="a small part, with the undated"),
        pytest.param(Window(first=day(900), last=day(901)), False, id="days of no report"),
        pytest.param(Window(last=date(2020, 1, 1)), True, id="the undated alone"),
    ],
)
def test_finds_what_a_filter_would(window: Window, *, by_the_store: bool) -> None:
    store = Store()
    vectors = WindowedVectors(store, store, store)  # type: ignore[arg-type]
    vector = VECTORS[1234]
    found = vectors.nearest(vector, top=30, window=window)
    assert [hit.id for hit in found] == exact(vector, window, 30)
    assert (window in store.asked) is by_the_store
