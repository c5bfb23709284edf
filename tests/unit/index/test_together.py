"""Batches made of what many callers want at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.together import Together


class Work:
    """Doubles numbers, and stands still while it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, given: list[int]) -> list[int]:
        self.batches.append(given)
        self.begun.set()
        assert self.go_on.wait(10)
        if 13 in given:
            raise ValueError("13")
        return [2 * one for one in given]


@pytest.fixture
def work() -> Work:
    return Work()


def many(together: Together[int, int], work: Work, wanted: list[list[int]]) -> list[object]:
    """Give the first alone, the others while it is at work; return results or errors."""
    with ThreadPoolExecutor(len(wanted)) as threads:
        first = threads.submit(together, wanted[0])
        assert work.begun.wait(10)
        rest = []
        for count, given in enumerate(wanted[1:], start=1):
            rest.append(threads.submit(together, given))
            while len(together) < count:
                pass
        work.go_on.set()
        return [one.exception() or one.result() for one in (first, *rest)]


def test_those_who_wait_are_served_together_in_their_order(work: Work) -> None:
    found = many(Together(work, most=4), work, [[1], [2], [3, 4], [5], [6]])
    assert found == [[2], [4], [6, 8], [10], [12]]
    assert work.batches == [[1], [2, 3, 4, 5], [6]]


def test_more_than_a_batch_from_one_caller_goes_through(work: Work) -> None:
    found = many(Together(work, most=2), work, [[1], [2, 3, 4], [5]])
    assert found == [[2], [4, 6, 8], [10]]
    assert work.batches == [[1], [2, 3, 4], [5]]


def test_an_error_is_raised_by_those_of_its_batch_alone(work: Work) -> None:
    found = many(Together(work, most=2), work, [[1], [13], [2], [3]])
    assert found[0] == [2]
    assert [type(one) for one in found[1:3]] == [ValueError, ValueError]
    assert found[3] == [6]


def test_nothing_given_is_nothing_done(work: Work) -> None:
    work.go_on.set()
    assert Together(work, most=4)([]) == []
