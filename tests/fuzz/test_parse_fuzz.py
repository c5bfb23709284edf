"""Real-shaped pages, broken by the thousand: no exception but ours, and the laws hold."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index.errors import InputError
from index.footnotes import footnotes
from index.model import Span
from index.sentences import sentences
from tests.unit.parse.make import check_laws, docx, pdf, read_all, w_paragraph

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = sorted((Path(__file__).parents[2] / "config" / "samples").iterdir())
FRAGMENTS = (
    "<p>", "</p>", "<ul><li>", "</li></ul>", "<strong>", "</strong>", "<br>", "<hr>", "</div>",
    "<div style='display:none'>", "<table><td>", "<a href='#fn3'>3</a>", "<!--", "-->", "<script>",
    "<pre>\n", "[7]", "[[xii]]", "[1", "]", "[3, 4]", " dot ", "https://", "...", "Key Takeaways",
    "<h2>Endnotes</h2>", "Share the Post:", "April 5, 2025", "\u00ad", "\u200b", "&nbsp;", "&#0;",
    "\x00", "\x0c", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "•", "|",
    "\n\n", "# ", "```", "<body>", "<html>", "<title>404</title>", "<svg>", "&amp;", "%C2%A0",
)  # fmt: skip


def break_somewhere(text: str, chance: random.Random) -> str:
    """Return the text with a piece of it cut, moved, doubled, or something put in."""
    start = chance.randrange(len(text))
    stop = min(len(text), start + chance.choice((1, 5, 40, 400, 4000)))
    kind = chance.randrange(6)
    if kind == 0:
        return text[:start] + text[stop:]
    if kind == 1:
        return text[:stop] + text[start:stop] * chance.choice((1, 1, 3)) + text[stop:]
    if kind == 2:
        other = chance.randrange(len(text))
        return text[:start] + text[other : other + stop - start] + text[stop:]
    if kind == 3:
        return text[:start] + text[start:stop][::-1] + text[stop:]
    if kind == 4:
        return text[: max(stop, len(text) // 3)]
    return text[:start] + chance.choice(FRAGMENTS) * chance.choice((1, 1, 1, 30)) + text[start:]


def check(content: str | bytes, name: str) -> None:
    try:
        reports = read_all(content, name)
    except InputError:
        return
    for report in reports:
        check_laws(report)
        for sentence in sentences(report.text, Span(start=0, end=len(report.text)))[:40]:
            for note in footnotes(report, sentence):
                assert note.status == "missing" or note.text or note.urls


def shapes() -> list[tuple[str, Callable[[int], None]]]:
    def broken(path: Path) -> Callable[[int], None]:
        text = path.read_text("utf-8")

        def run(seed: int) -> None:
            chance = random.Random(seed)  # noqa: S311  (the same breaks in every run)
            mutant = text
            for _ in range(chance.choice((1, 2, 5, 20))):
                mutant = break_somewhere(mutant, chance) or text
            name = chance.choice((path.name, path.name, "x.txt", "x.md", "x"))
            check(mutant.encode("utf-8", "replace"), name)

        return run

    return [(path.name, broken(path)) for path in SAMPLES]


@pytest.mark.parametrize(("name", "run"), shapes())
def test_broken_pages_keep_the_laws(name: str, run: Callable[[int], None]) -> None:
    # A known make is read fifty times as fast as an unknown one.
    is_known = re.search("northgate", name) is not None
    for seed in range(600 if is_known else 60):
        run(seed)


def test_broken_files_keep_the_laws() -> None:
    lines = [
        (72.0, 700.0 - 14 * i, 12.0, f"A line of print that says {i}.[{i}]") for i in range(30)
    ]
    word = docx("".join(w_paragraph(f"A paragraph that says {i}.[{i}]") for i in range(30)))
    letter = b"From: a@b.c\nTo: b\nSubject: c\nContent-Type: text/html\n\n<p>A letter.[1]</p>" * 20
    for whole, name, times in (
        (pdf([lines]), "x.pdf", 25),
        (word, "x.docx", 300),
        (letter, "x.eml", 200),
    ):
        chance = random.Random(5)  # noqa: S311
        for _ in range(times):
            broken = bytearray(whole)
            for _ in range(chance.choice((1, 3, 30))):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            check(bytes(broken), name)


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_refused_or_read(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    for name in ("x", "x.html", "x.txt", "x.md", "x.eml"):
        check(chance.randbytes(3000), name)
        check(bytes(chance.choices(b"<p>[1] a&;/\n#*-", k=3000)), name)
