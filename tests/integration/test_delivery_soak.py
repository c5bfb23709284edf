"""A seeded sample of random schedules of faults; `make soak` lives through many more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.lives import Server, Soak

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(101, 107)


def test_nobody_misses_an_edition_and_second_copies_say_so(tmp_path: Path) -> None:
    with Server() as server:
        soak = Soak(server, tmp_path)
        for seed in SEEDS:
            soak.run(seed)
    tally = soak.tally
    assert tally.trouble == []
    assert tally.missed == tally.unmarked_copies == 0
    assert tally.second_copies <= tally.repeats
    # The sample is worth something only where things did go wrong.
    assert tally.kills >= 2
    assert tally.faults.total() >= 8
