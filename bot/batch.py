"""Files of questions: one JSON question a line, one JSON line out for each."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot import documents
from index.errors import BriefingError, InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

    Answer = Callable[["Asked"], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question with the day it is asked on and what was asked before, oldest first."""

    question: str
    asked_on: date
    history: tuple[str, ...] = ()


class Batch:
    """A file of questions, and where its answers go."""

    def __init__(self, lines: Iterator[bytes], out: TextIO | None, name: str) -> None:
        self._lines = lines
        self._out = out
        self._name = name

    def run(self, answer: Answer, *, asked_on: date, note: Callable[[str], None]) -> bool:
        """Answer line by line and tell whether all were; one that can't be fails alone.

        Raises:
            SettingsError: the settings are wrong, for every line alike.
        """
        whole = True
        for number, text in enumerate(self._lines, start=1):
            id_ = None
            try:
                id_, asked = _read(text, asked_on)
                found = answer(asked)
            except SettingsError:
                raise
            except BriefingError as error:
                whole = False
                note(f"{self._name}, line {number}: {error}")
                found = {"error": f"line {number}: {error}"}
            print(documents.line({"id": id_} | found), file=self._out)
        return whole


@contextmanager
def opened(questions: Path, out: Path | None) -> Iterator[Batch]:
    """Open both files; answers go to stdout where ``out`` is None.

    Raises:
        SettingsError: one of them can't be opened, or they are the same.
    """
    with ExitStack() as files:
        try:
            read = files.enter_context(questions.open("rb"))
            lines = (line for line in read if line.strip())
        except (OSError, ValueError) as error:
            raise SettingsError(f"--batch {questions} can't be read: {error}") from error
        written = None
        if out is not None:
            try:
                if out.exists() and out.samefile(questions):
                    raise SettingsError(f"--out {out} is the file of questions; name another")
                written = files.enter_context(out.open("w", encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise SettingsError(f"--out {out} can't be written: {error}") from error
        yield Batch(lines, written, str(questions))


def _read(text: bytes, asked_on: date) -> tuple[str | int | None, Asked]:
    """Return a line's id and question.

    Raises:
        InputError: the line is none.
    """
    try:
        line = json.loads(text)
        if not isinstance(line, dict) or not isinstance(line.get("question"), str):
            raise InputError('not a question: want {"id": …, "question": "…"}')
        day = line.get("asked_on")
        on = asked_on if day is None else date.fromisoformat(day)
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(str(error)) from error
    id_, history = line.get("id"), line.get("history") or []
    if id_ is not None and not isinstance(id_, str | int):
        raise InputError("the id is neither text nor a whole number")
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise InputError("history is not a list of questions")
    return id_, Asked(question=line["question"], asked_on=on, history=tuple(history))
