"""Who says something in the reports, and whom a name as typed may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from index.lexicon import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.lexicon import Lexicon
    from index.model import Statement
    from index.passages import PassageText
    from index.topic import Sentence

_UNSPEAKING: Final = frozenset({Kind.SIDE, Kind.CAPITAL, Kind.PLACE, Kind.TERM})
_WORD: Final = re.compile(r"[^\W_]+")
_LONGEST: Final = 5  # words of a name; longer ones are descriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A person, a body or a whole side.

    Args:
        name: as shown.
        keys: the speakers it is, as ``speaker_key`` names them; empty for a side.
        side: key of a whole side whose every mouth counts, or None.
        count: statements in the reports.
    """

    name: str
    keys: frozenset[str] = frozenset()
    side: str | None = None
    count: int = 0

    def says(self, sentence: Sentence, lexicon: Lexicon) -> bool:
        """Tell whether a sentence is this voice's."""
        return any(self.is_of(one, lexicon) for one in sentence.statements)

    def is_of(self, statement: Statement, lexicon: Lexicon) -> bool:
        """Tell whether a statement is this voice's."""
        if self.side is not None:
            return lexicon.covers(statement.side, self.side)
        return (
            statement.speaker is not None and speaker_key(statement.speaker, lexicon) in self.keys
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a voice says, newest first.

    Args:
        whole: older sentences were read, too.
        topic: what all of them name, where one was asked for; ``left_out`` what none does.
    """

    voice: Voice
    sentences: tuple[Sentence, ...]
    whole: bool = True
    topic: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class _Speaker:
    name: str
    count: int = 0
    passages: dict[str, date] = field(default_factory=dict)


class Voices:
    """Everybody who says something in some passages."""

    def __init__(self, passages: Iterable[PassageText], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._speakers: dict[str, _Speaker] = {}
        self._sides: dict[str, _Speaker] = {}
        for passage in passages:
            for said in (said for one in passage.sentences for said in one.statements):
                self._note(said, passage)

    def named(self, typed: str) -> list[Voice]:
        """Return who may be meant by a name as typed, who says most first."""
        typed = " ".join(typed.split())
        listed = self._listed(typed)
        if isinstance(listed, Voice):
            return [listed]
        exact = typed.casefold()
        found = [exact] if exact in self._speakers else listed or self._holding(typed)
        voices = [self._voice(key) for key in dict.fromkeys(found)]
        return sorted(voices, key=lambda voice: (-voice.count, voice.name))

    def passages(self, voice: Voice, until: date) -> list[str]:
        """Return the ids of the passages a voice speaks in, the newest reports' first."""
        speakers = [self._speakers[key] for key in voice.keys if key in self._speakers]
        if voice.side is not None:
            covers = self._lexicon.covers
            speakers = [one for side, one in self._sides.items() if covers(side, voice.side)]
        found = {id_: day for one in speakers for id_, day in one.passages.items()}
        return sorted(
            (id_ for id_, day in found.items() if day <= until or day == date.max),
            key=lambda id_: (found[id_] == date.max, -found[id_].toordinal(), id_),
        )

    def _note(self, said: Statement, passage: PassageText) -> None:
        day = passage.published or date.max
        speakers = []
        if said.speaker is not None:
            key = speaker_key(said.speaker, self._lexicon)
            speakers.append(self._speakers.setdefault(key, _Speaker(self._shown(key, said))))
        if said.side is not None:
            speakers.append(self._sides.setdefault(said.side, _Speaker(said.side)))
        for one in speakers:
            one.count += 1
            one.passages[passage.id] = day

    def _shown(self, key: str, said: Statement) -> str:
        try:
            return self._lexicon.name(key)
        except KeyError:
            return _bare(said.speaker or "")

    def _listed(self, typed: str) -> Voice | list[str]:
        """Look a name up in the lexicon: a side, or the keys of people and bodies."""
        found = self._lexicon.find_typed(typed)
        if len(found) != 1 or found[0].end - found[0].start < len(typed):
            return []
        if found[0].kind is Kind.SIDE:
            return self._side(found[0].key)
        keys = [found[0].key, *self._lexicon.holders(found[0].key)]
        return [key for key in keys if key in self._speakers]

    def _side(self, side: str) -> Voice:
        covers = self._lexicon.covers
        count = sum(one.count for key, one in self._sides.items() if covers(key, side))
        return Voice(name=self._lexicon.side_name(side), side=side, count=count)

    def _holding(self, typed: str) -> list[str]:
        """Return the speakers whose name has all the words typed, or those initials."""
        wanted = set(_words(typed))
        return [
            key
            for key, one in self._speakers.items()
            if (wanted and wanted <= set(words := _words(one.name)) and len(words) <= _LONGEST)
            or (len(typed) > 1 and _initials(one.name) == typed.upper())
        ]

    def _voice(self, key: str) -> Voice:
        speaker = self._speakers[key]
        return Voice(name=speaker.name, keys=frozenset({key}), count=speaker.count)


@lru_cache(maxsize=8192)
def speaker_key(name: str, lexicon: Lexicon) -> str:
    """Return the lexicon's key of a speaker, whatever the spelling, else the name folded."""
    name = _bare(name)
    found = lexicon.find(name)
    whole = len(found) == 1 and found[0].end - found[0].start == len(name)
    return found[0].key if whole and found[0].kind not in _UNSPEAKING else name.casefold()


def voice_of(key: str, lexicon: Lexicon) -> Voice:
    """Return the voice that a key of the lexicon names: a side, a person, a body or an office."""
    if key in lexicon.sides:
        return Voice(name=lexicon.side_name(key), side=key)
    return Voice(name=lexicon.name(key), keys=frozenset({key, *lexicon.holders(key)}))


def _bare(name: str) -> str:
    return name.removeprefix("The ").removeprefix("the ").strip()


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
