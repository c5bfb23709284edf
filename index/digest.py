"""Digests: the takeaways a report printed, or its key sentences, with the passage behind each.

Both are judged on what is stored (``index.support``, ``index.keysentences``): no model runs, and no
other process is disturbed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from index.footnotes import footnotes
from index.keysentences import key_sentences
from index.model import DigestItem, DigestReport, Span
from index.support import Body, plain
from index.wordlists import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.model import Footnote, Report
    from index.passages import StoredPassage

SAME_RATIO: Final = 92.0
_TELLING: Final = word_set(
    "allegedly apparent apparently cannot claim claimed claims confirmed could denied likely may"
    " might neither never no nor not perhaps possible possibly potential potentially probable"
    " probably purported purportedly reported reportedly suggest suggests unconfirmed unlikely"
    " without"
)
_EXTRACTED: Final = 5
_SHORTEST: Final = 40


def compose(
    report: Report, passages: Sequence[StoredPassage], earlier: Iterable[str]
) -> DigestReport:
    """Return a report's part of a digest.

    Args:
        report: whose takeaways are shown, verbatim and in its own order.
        passages: all of that revision's passages.
        earlier: takeaways of the same publisher's report before, to tell what is new.
    """
    body = Body(report, passages)
    printed = [Span(start=span.start, end=span.end) for span in report.takeaways]
    spans = printed or _key_spans(report, body)
    known = [plain(text) for text in earlier]
    return DigestReport(
        id=report.id,
        revision=report.revision,
        title=report.title,
        publisher=report.publisher,
        published=report.published,
        url=report.url,
        kind="published" if printed else "extractive",
        takeaways=tuple(_item(report, body, span, known) for span in spans),
    )


def nearest(
    report: Report, passages: Sequence[StoredPassage], takeaway: Span
) -> tuple[float, Span | None]:
    """Return the body sentence that comes closest to a takeaway, with its score."""
    return Body(report, passages).nearest(takeaway)


def _item(report: Report, body: Body, span: Span, known: Sequence[str]) -> DigestItem:
    text = span.of(report.text)
    support, sentence = body.support(span)
    words = plain(text)
    return DigestItem(
        start=span.start,
        end=span.end,
        text=text,
        support=support,
        passage=sentence,
        footnotes=_notes(report, span, sentence),
        new=not any(repeats(words, old) for old in known),
    )


def repeats(said: str, before: str) -> bool:
    """Tell whether nothing has changed but the wording: no figure, no hedge, no negation."""
    return fuzz.ratio(said, before) >= SAME_RATIO and _telling(said) == _telling(before)


def _telling(words: str) -> list[str]:
    return sorted(word for word in words.split() if word in _TELLING or not word.isalpha())


def _notes(report: Report, span: Span, sentence: Span | None) -> tuple[Footnote, ...]:
    """A takeaway's own notes where it prints some, else those of the passage behind it."""
    own = footnotes(report, span)
    if any(note.scope == "sentence" for note in own) or sentence is None:
        return own
    return footnotes(report, sentence)


def _key_spans(report: Report, body: Body) -> list[Span]:
    """Choose the key sentences of a report that prints no takeaways."""
    long = [span for span in body.spans if len(plain(span.of(report.text))) >= _SHORTEST]
    places = key_sentences([span.of(report.text) for span in long], _EXTRACTED)
    return [long[place] for place in places]
