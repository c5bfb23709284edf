"""PDF files: what they print, read by PDFium in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from index.errors import InputError
from index.parse import pdfium
from index.parse.pieces import Page, Piece, PieceKind, Run
from index.parse.typeset import Line, furniture_first, pieces_of, with_bullets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.model import Document

_SECONDS: Final = 60
_END: Final = b"%%EOF"
_TAIL: Final = 2048
_LINES_LOOKED_AT: Final = 8
# All of the environment that the other process gets; it reads hostile files and needs no secret.
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")


def read_pdf(document: Document) -> Page:
    """Return what a PDF shows.

    Raises:
        InputError: it is truncated, damaged, encrypted, scanned, or takes too long to read.
    """
    if _END not in document.content[-_TAIL:]:
        raise InputError(f"{document.name} is a PDF cut short; fetch it again.")
    data = _extract(document)
    lines = [line for number, page in enumerate(data["pages"]) for line in _lines(number, page)]
    if not lines:
        if any(page["pictures"] for page in data["pages"]):
            raise InputError(
                f"{document.name} holds scanned pictures only; run text recognition over it."
            )
        raise InputError(f"{document.name} shows no text; check that it is the report itself.")
    heights = [page["height"] for page in data["pages"]]
    pieces, notes = pieces_of(furniture_first(lines, heights))
    title = _title(pieces, data["title"])
    publisher = _site(pieces, data["title"], title)
    return Page(
        pieces=pieces,
        notes=tuple(notes),
        title=title,
        publisher=publisher,
        confirmed=publisher is not None,
    )


def _extract(document: Document) -> dict[str, Any]:
    """Read the file in a process of its own, whose end is no other's."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  (this interpreter, a module of this program)
            [sys.executable, "-m", pdfium.__name__],
            input=document.content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={**kept, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            f"{document.name} takes more than {_SECONDS} s to read; cut it or save it as text."
        ) from error
    if done.returncode == pdfium.ENCRYPTED:
        raise InputError(f"{document.name} is encrypted; save it without a password.")
    if done.returncode != 0:
        raise InputError(f"{document.name} is a damaged PDF; fetch it again or save it as text.")
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def _lines(number: int, page: dict[str, Any]) -> list[Line]:
    return with_bullets(
        [
            Line(page=number, **{**raw, "runs": tuple(Run(*run) for run in raw["runs"])})
            for raw in page["lines"]
        ]
    )


def _title(pieces: Sequence[Piece], said: str | None) -> str | None:
    """Return the title in the file's data where it is printed too, else the first heading."""
    heads = [piece.text for piece in pieces if piece.kind is PieceKind.HEADING]
    lines = [piece.text for piece in pieces[:_LINES_LOOKED_AT]]
    printed = (line for line in (*heads, *lines) if said and (line in said or said in line))
    return next(printed, heads[0] if heads else None)


def _site(pieces: Sequence[Piece], said: str | None, title: str | None) -> str | None:
    """Return the publisher that the file's data name behind the title, where it is printed."""
    rest = (said or "").removeprefix(title or "").strip(" |-\u2013—·:")
    printed = {piece.text for piece in pieces}
    return rest if title and rest != said and rest in printed else None
