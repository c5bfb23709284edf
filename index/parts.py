"""Questions that ask several things at once, cut into what each part asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.readings import read
from index.voicewords import EACH_SIDE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from index.lexicon import Lexicon
    from index.readings import Reading
    from index.voices import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several things asked at once, with the source it asks for."""

    text: str
    speakers: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()


_LEAST_PART: Final = 8
_MOST_PARTS: Final = 4
_WH: Final = r"(?:what|who|how|when|where|which|why|whom|whose)(?:'?s)?"
_DO: Final = r"(?:did|does|do|is|are|was|were|has|have|had|will|can)"
_CUT: Final = re.compile(
    rf"[?.;!]\s+(?=\w)|,? and (?={_WH} )|, (?={_WH} )|,? and (?={_DO} )|,? and (?=according to )",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(rf"\b{_WH}\b|\b{_DO}\b", re.IGNORECASE)
_AS_TOLD: Final = re.compile(r"according to\b", re.IGNORECASE)


def parts_of(
    own: Reading, found: Sequence[Voice], asked_on: date, lexicon: Lexicon
) -> tuple[Part, ...]:
    """Return the parts of a question that asks several things, else nothing."""
    if EACH_SIDE.search(own.text):
        return _by_side(own, found, lexicon)
    clauses = _clauses(own.text)
    if len(clauses) > 1:
        readings = [read(clause, asked_on, lexicon) for clause in clauses]
        return tuple(_part(reading) for reading in readings)
    if len(found) > 1:
        return tuple(
            Part(
                text=_with_one(own, voice, found),
                speakers=voice.speakers,
                sides=voice.sides,
            )
            for voice in found
        )
    return ()


def _by_side(own: Reading, found: Sequence[Voice], lexicon: Lexicon) -> tuple[Part, ...]:
    sides = next((voice.sides for voice in found if len(voice.sides) > 1), ())
    return tuple(
        Part(text=EACH_SIDE.sub(lexicon.side_name(side), own.text), sides=(side,)) for side in sides
    )


def _clauses(text: str) -> list[str]:
    """Cut at conjunctions behind which a new question stands; what asks nothing is left out."""
    pieces: list[str] = []
    start = 0
    for cut in _CUT.finditer(text):
        piece = text[start : cut.start()].strip(" ,")
        if len(piece) >= _LEAST_PART:
            pieces.append(piece)
            start = cut.end()
    pieces.append(text[start:].strip(" ,"))
    asked = [
        piece
        for place, piece in enumerate(pieces)
        if len(piece) >= _LEAST_PART
        and (_ASKS.search(piece) or (place > 0 and _AS_TOLD.match(piece)))
    ]
    return asked[:_MOST_PARTS] if len(asked) > 1 else [text]


def _part(reading: Reading) -> Part:
    return Part(
        text=reading.text,
        speakers=tuple(key for voice in reading.voices for key in voice.speakers),
        sides=tuple(key for voice in reading.voices for key in voice.sides),
    )


def _with_one(own: Reading, voice: Voice, found: Sequence[Voice]) -> str:
    """Return the question with one of several sources in the place of all."""
    first, last = found[0].start, found[-1].end
    name = own.text[voice.start : voice.end]
    rest = own.text[last:].removeprefix(" each")
    return f"{own.text[:first]}{name}{rest}"
