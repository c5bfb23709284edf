"""Documents of the command line as text for people: the same content, laid out."""

from __future__ import annotations

from collections import Counter
from typing import Any

from index.model import IngestStatus

Document = dict[str, Any]


def ingest(document: Document) -> str:
    """Count the inputs by what became of them."""
    counts = Counter(one["status"] for one in document["files"])
    lines = [f"{status.value}: {counts[status]}" for status in IngestStatus if counts[status]]
    return "\n".join(lines) or "There was nothing to read."


def report(one: Document) -> str:
    """Lay out a parsed report so that it can be checked against its page."""
    text = one["text"]
    copies = one["near_copies"]
    parts = [_publisher(one), str(one["published"] or "undated"), f"revision {one['revision']}"]
    head = [
        one["title"] or "(no title)",
        " · ".join([*parts, one["language"]]),
        f"by {', '.join(one['authors'])}" if one["authors"] else "",
        one["url"] or "",
        f"near-copy of {one['near_copy_of']}" if one["near_copy_of"] else "",
        f"near-copies, shown as this one: {', '.join(copies)}" if copies else "",
    ]
    body = [f"[{block['kind']}] {text[block['start'] : block['end']]}" for block in one["blocks"]]
    notes = [
        f"[{note['label']}] {note['text']}" + "".join(f"\n      {url}" for url in note["urls"])
        for note in one["endnotes"]
    ]
    ending = [f"Endnotes ({len(notes)})", *notes] if notes else ["No endnotes in this copy."]
    return "\n".join([*filter(None, head), "", *body, "", *ending])


def reports(found: list[Document]) -> str:
    """List reports, a line each."""
    lines = [
        f"{one['id']}  {one['published'] or 'undated   '}  {_publisher(one)}: {one['title'] or '?'}"
        + _copies(len(one["near_copies"]))
        for one in found
    ]
    return "\n".join(lines) or "No reports are stored; `briefing ingest PATH` reads some."


def answer(document: Document) -> str:
    """Lay out an answer with its citations and endnotes, or a refusal."""
    if document["quotes"]:
        return "\n\n".join(_quote(n, one) for n, one in enumerate(document["quotes"], start=1))
    searched = document["searched"]
    lines = [
        "The reports don't say.",
        f"Searched: {searched['reports']} reports"
        + (f", {searched['from']} to {searched['to']}" if searched["from"] else "")
        + (f", by {', '.join(searched['publishers'])}" if searched["publishers"] else ""),
    ]
    if document["nearest"]:
        lines += ["", "Related, not an answer:", _quote(0, document["nearest"])]
    return "\n".join(lines)


def passages(document: Document) -> str:
    """Lay out ranked passages."""
    return "\n\n".join(
        f"{number}. {one['report_id']} {one['start']}-{one['end']} ({one['score']:.3f})\n"
        + one["text"]
        for number, one in enumerate(document["passages"], start=1)
    )


def digest(document: Document) -> str:
    """Lay out the digest of a day."""
    if not document["reports"]:
        return f"No reports of {document['date']} are stored."
    parts = []
    for one in document["reports"]:
        extracted = "" if one["kind"] == "published" else " (key sentences, chosen by machine)"
        items = [
            f"  • {item['text']}" + ("" if item["new"] else "  (as the day before)")
            for item in one["takeaways"]
        ]
        parts.append("\n".join([f"{one['publisher'] or '?'}: {one['title']}{extracted}", *items]))
    return "\n\n".join(parts)


def stats(document: Document) -> str:
    """Lay out what is stored."""
    period = f", {document['from']} to {document['to']}" if document["from"] else ""
    lines = [f"{document['reports']} reports{period}; {document['passages']} passages"]
    lines += [f"  {name}: {count}" for name, count in document["publishers"].items()]
    if document["duplicates"]:
        lines.append(f"duplicates: {document['duplicates']}, not counted above")
    if document["near_copies"]:
        lines.append(f"near-copies: {document['near_copies']}, not counted above")
    failed = {one["input"] for one in document["failed"]}
    named = [one for one in document["sources"] if one["name"] not in failed]
    lines += ["Sources:", *(_source(one) for one in named)] if named else []
    lines += [f"failed: {one['error']}" for one in document["failed"]]
    votes = document["feedback"]
    if votes["good"] or votes["bad"]:
        lines.append(f"answers voted good: {votes['good']}, bad: {votes['bad']}")
    return "\n".join(lines)


def _source(one: Document) -> str:
    success = one["last_success"]
    when = f"last success {success:%Y-%m-%d %H:%M} UTC" if success else "no success yet"
    error = f"; last error: {one['last_error']}" if one["last_error"] else ""
    return f"  {one['name']}: {one['reports']} reports, {when}{error}"


def evaluation(document: Document) -> str:
    """Lay out the metrics of each way to answer, and what went wrong with this one."""
    parts = [f"{name}\n{_metrics(found)}" for name, found in document["ways"].items()]
    wrong = [
        f"  {one['id']} {one['kind']}: {one['question']}\n    {one['what']}"
        f" (confidence {one['confidence']:.2f}): {(one['first'] or '')[:120]}"
        for one in document["errors"]
    ]
    return "\n\n".join([*parts, "\n".join(["what went wrong", *wrong])])


def _metrics(found: Document) -> str:
    """Lay out shares of answerable questions by kind, and how well refusals fit."""
    rows = {"all": found["all"], **found["by_kind"]}
    names = list(found["all"])
    lines = [f"  {'':12}" + "".join(f"{name:>15}" for name in names)]
    for kind, values in rows.items():
        cells = [values[name] for name in names]
        lines.append(
            f"  {kind:12}"
            + "".join(f"{cell:15}" if isinstance(cell, int) else f"{cell:15.3f}" for cell in cells)
        )
    refusal = ", ".join(
        f"{name} {'-' if value is None else format(value, '.3f')}"
        for name, value in found["refusal"].items()
    )
    return "\n".join([*lines, f"  refusal: {refusal}"])


def _copies(count: int) -> str:
    return f" (and {count} near-cop{'y' if count == 1 else 'ies'})" if count else ""


def _publisher(one: Document) -> str:
    if not one["publisher"]:
        return "publisher unknown"
    name: str = one["publisher"]
    return name if one["publisher_confirmed"] else f"{name} (unconfirmed)"


def _quote(number: int, one: Document) -> str:
    source = f"{one['publisher'] or '?'}, {one['published'] or 'undated'}: {one['title'] or '?'}"
    said = "; ".join(
        f"{said['speaker'] or '?'} ({said['cue'] or 'states'})" for said in one["statements"]
    )
    lines = [f"{number}. “{one['text']}”" if number else f"“{one['text']}”", f"   {source}"]
    if said:
        lines.append(f"   speakers: {said}")
    for note in one["footnotes"]:
        text = note["text"] if note["status"] == "resolved" else "missing in this copy"
        near = "" if note["scope"] == "sentence" else " (nearest of the paragraph)"
        lines.append(f"   [{note['label']}]{near} {text}")
    return "\n".join(lines)
