"""Running text that repeats itself no more than real text does, from a seed."""

from __future__ import annotations

import random
from typing import Final

_ONSETS: Final = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gl",
    "k",
    "l",
    "m",
    "n",
    "p",
    "s",
    "st",
    "t",
    "v",
)
_VOWELS: Final = ("a", "e", "i", "o", "u", "ai", "ou")
_SYLLABLES: Final = tuple(onset + vowel for onset in _ONSETS for vowel in _VOWELS)


def paragraphs(seed: int, count: int = 20, sentences: int = 4) -> list[str]:
    """Return paragraphs of about fifty words; another seed gives others."""
    chance = random.Random(seed)  # noqa: S311  (words, no secrets)
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=2)) for _ in range(800)]
    return [
        " ".join(
            " ".join(chance.choices(vocabulary, k=12)).capitalize() + "." for _ in range(sentences)
        )
        for _ in range(count)
    ]


def edited(text: str, every: int) -> str:
    """Replace one word in so many."""
    words = text.split(" ")
    words[::every] = ["edited"] * len(words[::every])
    return " ".join(words)
