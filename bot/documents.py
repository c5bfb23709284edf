"""The JSON documents of the command line: fixed contracts, described in docs/commands.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.feedback_store import Votes
    from index.model import (
        Answer,
        Corpus,
        Digest,
        DigestItem,
        DigestReport,
        Footnote,
        IngestResult,
        Quote,
        RankedPassage,
        Report,
        ReportSummary,
        SourceHealth,
    )
    from index.near import Link


def line(document: object) -> str:
    """Write a document as one line of plain ASCII.

    Half characters, and what some readers take for the end of a line, would break it otherwise.
    """
    return json.dumps(document, default=_day, allow_nan=False)


def _day(value: object) -> str:
    """Write a day as ISO; anything else is a defect of a document here."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def ingest(results: list[IngestResult]) -> dict[str, Any]:
    """Describe what became of each input."""
    return {
        "files": [
            {
                "input": result.input,
                "status": result.status.value,
                "reports": list(result.reports),
                "error": result.error,
            }
            for result in results
        ]
    }


def summary(one: ReportSummary | Report, links: Sequence[Link]) -> dict[str, Any]:
    """Describe a report in a list; ``links`` are the near-copies there are of any report."""
    return {
        "id": one.id,
        "publisher": one.publisher,
        "publisher_confirmed": one.publisher_confirmed,
        "title": one.title,
        "authors": list(one.authors),
        "published": one.published,
        "url": one.url,
        "language": one.language,
        "revision": one.revision,
        "near_copies": [link.copy for link in links if link.original == one.id],
    }


def report(one: Report, links: Sequence[Link]) -> dict[str, Any]:
    """Describe a whole report."""
    return summary(one, links) | {
        "near_copy_of": next((link.original for link in links if link.copy == one.id), None),
        "text": one.text,
        "blocks": [{"kind": b.kind.value, "start": b.start, "end": b.end} for b in one.blocks],
        "takeaways": [
            {"start": span.start, "end": span.end, "text": span.of(one.text)}
            for span in one.takeaways
        ],
        "markers": [{"label": m.label, "start": m.start, "end": m.end} for m in one.markers],
        "endnotes": [
            {"label": note.label, "text": note.text, "urls": list(note.urls)}
            for note in one.endnotes
        ],
    }


def quote(one: Quote) -> dict[str, Any]:
    """Describe a quote with its citation, statements and endnotes."""
    return {
        "text": one.text,
        "report_id": one.report_id,
        "publisher": one.publisher,
        "title": one.title,
        "published": one.published,
        "url": one.url,
        "start": one.start,
        "end": one.end,
        "score": one.score,
        "statements": [asdict(said) for said in one.statements],
        "footnotes": [_footnote(note) for note in one.footnotes],
    }


def answer(one: Answer) -> dict[str, Any]:
    """Describe an answer or a refusal."""
    return {
        "question": one.question,
        "asked_on": one.asked_on,
        "status": one.status,
        "confidence": one.confidence,
        "quotes": [quote(each) for each in one.quotes],
        "searched": {
            "reports": one.searched.reports,
            "from": one.searched.first,
            "to": one.searched.last,
            "publishers": list(one.searched.publishers),
        },
        "nearest": None if one.nearest is None else quote(one.nearest),
    }


def passages(found: list[RankedPassage]) -> list[dict[str, Any]]:
    """Describe ranked passages, best first."""
    return [
        {
            "report_id": one.report_id,
            "start": one.start,
            "end": one.end,
            "text": one.text,
            "score": one.score,
        }
        for one in found
    ]


def digest(one: Digest) -> dict[str, Any]:
    """Describe the digest of a day."""
    return {"date": one.date, "reports": [digest_report(each) for each in one.reports]}


def stats(
    corpus: Corpus, failures: list[tuple[str, str]], sources: list[SourceHealth], votes: Votes
) -> dict[str, Any]:
    """Describe what is stored, how its sources fare, and which inputs failed at their last try."""
    return {
        "reports": corpus.reports,
        "passages": corpus.passages,
        "publishers": dict(corpus.publishers),
        "from": corpus.first,
        "to": corpus.last,
        "duplicates": corpus.duplicates,
        "near_copies": corpus.near_copies,
        "sources": [source(one) for one in sources],
        "failed": [{"input": name, "error": why} for name, why in failures],
        "feedback": asdict(votes),
    }


def source(one: SourceHealth) -> dict[str, Any]:
    """Describe how a publisher, feed, folder or input fares."""
    return asdict(one)


def digest_report(one: DigestReport) -> dict[str, Any]:
    """Describe one report's part of a digest."""
    return {
        "id": one.id,
        "title": one.title,
        "publisher": one.publisher,
        "kind": one.kind,
        "takeaways": [_digest_item(item) for item in one.takeaways],
    }


def _digest_item(item: DigestItem) -> dict[str, Any]:
    passage = item.passage
    return {
        "text": item.text,
        "start": item.start,
        "end": item.end,
        "support": item.support,
        "passage": None if passage is None else {"start": passage.start, "end": passage.end},
        "footnotes": [_footnote(note) for note in item.footnotes],
        "new": item.new,
    }


def _footnote(note: Footnote) -> dict[str, Any]:
    return asdict(note) | {"urls": list(note.urls)}
