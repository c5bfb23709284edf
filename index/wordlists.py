"""Word lists, written as the words they hold."""

from __future__ import annotations


def listed(words: str) -> tuple[str, ...]:
    """Return the words of ``words`` in order."""
    return tuple(words.split())


def word_set(words: str) -> frozenset[str]:
    """Return the words of ``words`` for membership tests."""
    return frozenset(words.split())
