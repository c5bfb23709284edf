"""Which endnotes stand behind a sentence: its own, else the next ones of its paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from index.model import Footnote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.model import Marker, ParsedReport, Span


def footnotes(report: ParsedReport, sentence: Span) -> tuple[Footnote, ...]:
    """Return the notes of ``sentence``, a span of the report's text, each label once.

    A sentence's own markers have the scope "sentence". A sentence without any takes the markers
    that come next in its paragraph, up to the end of the cluster they stand in, with the scope
    "paragraph". A label whose note this copy lacks, or prints without a word, is "missing".
    """
    own = [marker for marker in report.markers if sentence.overlaps(marker)]
    if own:
        return _resolved(report, own, "sentence")
    return _resolved(report, _next_in_paragraph(report, sentence), "paragraph")


def _next_in_paragraph(report: ParsedReport, sentence: Span) -> list[Marker]:
    """Return the first marker behind the sentence in its block, and those that touch it."""
    end = next((block.end for block in report.blocks if block.holds(sentence)), sentence.end)
    cluster: list[Marker] = []
    for marker in report.markers:
        if sentence.end <= marker.start and marker.end <= end:
            if cluster and report.text[cluster[-1].end : marker.start].strip(" ,;"):
                break
            cluster.append(marker)
    return cluster


def _resolved(
    report: ParsedReport, markers: Iterable[Marker], scope: Literal["sentence", "paragraph"]
) -> tuple[Footnote, ...]:
    found: list[Footnote] = []
    for label in dict.fromkeys(marker.label for marker in markers):
        notes = [one for one in report.endnotes if one.label == label and (one.text or one.urls)]
        found += [
            Footnote(label=label, text=note.text, urls=note.urls, status="resolved", scope=scope)
            for note in notes
        ] or [Footnote(label=label, text="", urls=(), status="missing", scope=scope)]
    return tuple(found)
