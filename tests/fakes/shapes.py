"""The shapes of the command line's JSON: what each document holds, neither more nor less."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from index import lexicon

MAYBE_TEXT: Final = (str, type(None))
SUMMARY: Final[dict[str, Any]] = {
    "id": str,
    "publisher": MAYBE_TEXT,
    "publisher_confirmed": bool,
    "title": MAYBE_TEXT,
    "authors": list,
    "published": MAYBE_TEXT,
    "url": MAYBE_TEXT,
    "language": str,
    "revision": int,
    "near_copies": list,
}
REPORT: Final[dict[str, Any]] = SUMMARY | {
    "near_copy_of": MAYBE_TEXT,
    "text": str,
    "blocks": list,
    "takeaways": list,
    "markers": list,
    "endnotes": list,
}
KINDS: Final = {"heading", "paragraph", "list_item", "takeaway", "byline", "boilerplate"}
SIDES: Final = frozenset(lexicon.load().sides) | {None}
QUOTE: Final[dict[str, Any]] = {
    "text": str,
    "report_id": str,
    "publisher": MAYBE_TEXT,
    "title": MAYBE_TEXT,
    "published": MAYBE_TEXT,
    "url": MAYBE_TEXT,
    "start": int,
    "end": int,
    "score": float,
    "statements": list,
    "footnotes": list,
}
ANSWER: Final[dict[str, Any]] = {
    "question": str,
    "asked_on": str,
    "status": str,
    "confidence": float,
    "quotes": list,
    "searched": dict,
    "nearest": (dict, type(None)),
}
FOOTNOTE: Final[dict[str, Any]] = {
    "label": str,
    "text": str,
    "urls": list,
    "status": str,
    "scope": str,
}
PASSAGE: Final[dict[str, Any]] = {
    "report_id": str,
    "start": int,
    "end": int,
    "text": str,
    "score": float,
}
TAKEAWAY: Final[dict[str, Any]] = {
    "text": str,
    "start": int,
    "end": int,
    "support": str,
    "passage": (dict, type(None)),
    "footnotes": list,
    "new": bool,
}


def shaped(document: dict[str, Any], shape: dict[str, Any]) -> None:
    """Fail unless a document has exactly the fields of a shape, each of its type."""
    assert set(document) == set(shape)
    for name, kind in shape.items():
        assert isinstance(document[name], kind), name


def a_quote(quote: dict[str, Any], text: str) -> None:
    """Fail unless this is a quote from a report of that text."""
    shaped(quote, QUOTE)
    assert quote["text"] == text[quote["start"] : quote["end"]]
    for said in quote["statements"]:
        assert set(said) == {"speaker", "side", "cue", "date"}
        assert said["side"] in SIDES
        assert is_day(said["date"])
    for note in quote["footnotes"]:
        a_footnote(note)


def a_footnote(note: dict[str, Any]) -> None:
    """Fail unless this is an endnote as attached to a quote or a takeaway."""
    shaped(note, FOOTNOTE)
    assert note["status"] in {"resolved", "missing"}
    assert note["scope"] in {"sentence", "paragraph"}
    assert note["label"].strip("[] ") == note["label"]


def is_day(text: str | None) -> bool:
    """Tell whether this is a day as documents write it, or none."""
    return text is None or date.fromisoformat(text).isoformat() == text
