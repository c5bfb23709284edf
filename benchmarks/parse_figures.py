"""How faithfully reports are read, measured over a folder of real pages.

    python -m benchmarks.parse_figures ../shared/data

The folder holds `isw/html/` (pages named by their day) and `isw/takeaways.jsonl` (the publisher's
own bullets). What a page prints is counted here from its source with regular expressions, apart
from the reader that is measured. Lines that say what was refused, and where the publisher's record
differs from the page, come before the figures.
"""

from __future__ import annotations

import html
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.measure import Figure, report
from index.errors import InputError
from index.model import Document
from index.parse import parse
from index.parse.layouts import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.model import ParsedReport

_BODY: Final = re.compile(
    r'<div class="field field-name-body .*?property="content:encoded">', re.DOTALL
)
_END: Final = re.compile(r"</div></div></div>")
_BREAK: Final = re.compile(r"</p>|<br\s*/?>|</li>|</div>|<hr[^>]*>|</h\d>")
_TAG: Final = re.compile(r"<[^>]+>")
_NOTE: Final = re.compile(r"\[\s*(\d{1,3})\s*\]")
_TITLE: Final = re.compile(r'<h1[^>]*id="page-title"[^>]*>(.*?)</h1>', re.DOTALL)
# Lists with nothing visible between them are one list; a line that ends in a colon may lead in.
_GAP: Final = r"(?:<(?!li\b|ul\b)[^>]*>|\s|&nbsp;|\xa0)*"
_POINTS: Final = re.compile(
    rf"Key (?:Takeaways|inflections in [^<]{{5,90}})[\s:]*{_GAP}(?:[^<>]{{5,150}}:{_GAP})?"
    rf"((?:<ul[^>]*>.*?</ul>{_GAP})+)",
    re.DOTALL | re.IGNORECASE,
)
_ITEM: Final = re.compile(r"<li[^>]*>(.*?)</li>", re.DOTALL)
_BROKEN: Final = re.compile(r"\.\.\.|…|\s|\bdot\b|^https?://[^/]*$(?<!\.\w)")
_CARRIER: Final = re.compile(r"archive|[?&][^=]*=https?:")
_QUOTES: Final = str.maketrans("“”„\u2018\u2019`", "\"\"\"'''")
_SHY: Final = re.compile(r"[\s\u00ad\u200b]+")


@dataclass(slots=True)
class Figures:
    """What was counted over all pages."""

    pages: int = 0
    refused: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def main(folder: Path) -> int:
    """Measure and print."""
    layouts = load()
    recorded = _recorded(folder / "isw" / "takeaways.jsonl")
    figures = Figures()
    for path in sorted((folder / "isw" / "html").glob("*.html")):
        figures.pages += 1
        content = path.read_bytes()
        try:
            (report,) = parse(Document(name=path.name, content=content), layouts)
        except InputError as error:
            figures.refused.append(str(error))
            continue
        source = content.decode("utf-8")
        _count_page(figures, path.stem, report, source)
        _count_takeaways(figures, path.stem, report, source, recorded.get(path.stem, []))
    return _print(figures)


def _recorded(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        found.setdefault(entry["date"], []).extend(entry["takeaways"])
    return found


def _body(source: str) -> str:
    start = _BODY.search(source)
    assert start is not None
    end = _END.search(source, start.end())
    assert end is not None
    return source[start.end() : end.start()]


def _lines(markup: str) -> list[str]:
    lines = (html.unescape(_TAG.sub("", part)) for part in _BREAK.split(markup))
    return [line for line in (" ".join(part.split()) for part in lines) if line]


def _count_page(figures: Figures, day: str, report: ParsedReport, source: str) -> None:
    counts = figures.counts
    title = _TITLE.search(source)
    assert title is not None
    if str(report.published) != day:
        figures.wrong.append(f"{day}: dated {report.published}")
    if report.title != html.unescape(" ".join(title[1].split())):
        figures.wrong.append(f"{day}: titled {report.title}")
    lines = _lines(_body(source))
    first = max(i for i, line in enumerate(lines) if line.startswith("[1]"))
    printed = [(found[1], line) for line in lines[first:] if (found := _NOTE.match(line))]
    _count_notes(figures, day, report, printed)
    kept, whole = _squeeze(report.text), _squeeze("".join(lines[:first]))
    same = len(kept) if whole == kept else _common(whole, kept)
    counts["characters"] += len(whole)
    counts["characters kept"] += same
    counts["characters more"] += max(0, len(kept) - same)


def _common(whole: str, kept: str) -> int:
    """Return how many characters the two have in common, words counted each once."""
    both = Counter(whole.split(".")) & Counter(kept.split("."))
    return sum((len(part) + 1) * times for part, times in both.items())


def _count_notes(
    figures: Figures, day: str, report: ParsedReport, printed: list[tuple[str, str]]
) -> None:
    counts = figures.counts
    own = Counter(note.label for note in report.endnotes)
    want = Counter(label for label, _ in printed)
    counts["notes printed"] += want.total()
    counts["notes found"] += (own & want).total()
    counts["notes invented"] += (own - want).total()
    texts = {label: _squeeze(_NOTE.sub("", line, count=1)) for label, line in printed}
    for note in report.endnotes:
        counts["notes with another's text"] += not _squeeze(note.text).startswith(
            texts.get(note.label, "?")
        )
        for url in note.urls:
            counts["addresses"] += 1
            twice = len(re.findall("https?:", url)) > 1 and not _CARRIER.search(url)
            counts["addresses whole"] += not (twice or _BROKEN.search(url))
    for marker in report.markers:
        if marker.label in want:
            counts["markers with a note"] += 1
            counts["markers resolved"] += marker.label in own
        else:
            figures.notes.append(f"{day}: the page has no note [{marker.label}]")


def _count_takeaways(
    figures: Figures, day: str, report: ParsedReport, source: str, recorded: list[str]
) -> None:
    counts = figures.counts
    own = [_squeeze(one.of(report.text)) for one in report.takeaways]
    printed = [
        _squeeze(html.unescape(_TAG.sub("", item)))
        for points in _POINTS.findall(_body(source))
        for item in _ITEM.findall(points)
    ]
    counts["bullets printed"] += len(printed)
    counts["bullets as printed"] += (Counter(own) & Counter(printed)).total()
    counts["bullets not printed"] += (Counter(own) - Counter(printed)).total()
    if len(recorded) < 2:  # ("no key takeaways", or a list cut at its first line)
        figures.notes.append(f"{day}: the record has {recorded!r:.60}, the page {len(own)} bullets")
        return
    want = [_squeeze(one) for one in recorded]
    counts["bullets recorded"] += len(want)
    counts["bullets as recorded"] += (Counter(own) & Counter(want)).total()
    plain = Counter(one.translate(_QUOTES) for one in own)
    counts["bullets as recorded, quotes aside"] += (
        plain & Counter(one.translate(_QUOTES) for one in want)
    ).total()
    for one in (Counter(want) - Counter(own)).elements():
        if one.translate(_QUOTES) not in plain:
            figures.notes.append(f"{day}: recorded otherwise than printed: {one[:70]}…")


def _squeeze(text: str) -> str:
    return _SHY.sub("", text)


def _print(figures: Figures) -> int:
    counts = figures.counts
    for line in (*figures.refused, *figures.wrong, *figures.notes):
        print("  ", line)
    read = figures.pages - len(figures.refused)
    return report(
        [
            Figure(
                what="pages read; the others are refused by name",
                value=read / figures.pages,
                detail=f"{read} of {figures.pages}",
            ),
            Figure(
                what="pages with a wrong date or title: the copied day at most",
                value=len(figures.wrong),
                at_most=1,
            ),
            _share(counts, "takeaways as printed", "bullets as printed", "bullets printed", 0.99),
            _share(counts, "takeaways as recorded", "bullets as recorded", "bullets recorded"),
            _share(
                counts,
                "the same, quotation marks aside",
                "bullets as recorded, quotes aside",
                "bullets recorded",
                0.98,
            ),
            _none(counts, "takeaways that are none", "bullets not printed"),
            _share(counts, "endnotes found", "notes found", "notes printed", 0.999),
            _none(counts, "endnotes invented", "notes invented"),
            _none(counts, "endnotes with another's text", "notes with another's text"),
            _share(counts, "markers resolved", "markers resolved", "markers with a note", 0.998),
            _share(counts, "addresses whole", "addresses whole", "addresses", 0.995),
            _share(counts, "body text kept", "characters kept", "characters", 0.999),
            _none(counts, "characters doubled or added", "characters more"),
        ]
    )


def _share(
    counts: Counter[str], what: str, part: str, whole: str, goal: float | None = None
) -> Figure:
    return Figure(
        what=what,
        value=counts[part] / max(1, counts[whole]),
        detail=f"{counts[part]:,} of {counts[whole]:,}",
        at_least=goal,
    )


def _none(counts: Counter[str], what: str, key: str) -> Figure:
    return Figure(what=what, value=counts[key], at_most=0)


def _arguments(arguments: Iterable[str]) -> Path:
    given = list(arguments)
    if len(given) != 1 or not (Path(given[0]) / "isw" / "html").is_dir():
        raise SystemExit("usage: parse_figures.py DATA_DIR, a folder that holds isw/html")
    return Path(given[0])


if __name__ == "__main__":
    sys.exit(main(_arguments(sys.argv[1:])))
