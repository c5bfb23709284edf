"""Reading and listing reports from the command line, over the bundled samples."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.fakes.command_line import ingested, run, served_by
from tests.fakes.embedder import bundled
from tests.fakes.libraries import SAMPLES
from tests.fakes.shapes import KINDS, REPORT, SUMMARY, TAKEAWAY, a_footnote, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="module")
def _one_model() -> Iterator[None]:
    yield from served_by(bundled())


@pytest.fixture(scope="module")
def data() -> Path:
    return ingested()[0]


def stats(data: Path) -> dict[str, Any]:
    document: dict[str, Any] = run("stats", "--json", "--data", str(data)).document
    return document


def test_ingest_says_what_became_of_each_input() -> None:
    said = ingested()[1]
    files = said.document["files"]
    assert [Path(one["input"]).name for one in files] == sorted(
        path.name for path in SAMPLES.iterdir()
    )
    for one in files:
        assert set(one) == {"input", "status", "reports", "error"}
        assert (one["status"], one["error"], len(one["reports"])) == ("added", None, 1)
    assert "encoding reports" in said.err


def test_a_second_ingest_changes_nothing(data: Path) -> None:
    before = stats(data)
    files = run("ingest", "--json", "--data", str(data), str(SAMPLES)).document["files"]
    assert [one["status"] for one in files] == ["unchanged"] * 8
    assert stats(data) == before
    assert run("ingest", "--data", str(data), str(SAMPLES)).out == "unchanged: 8\n"


def test_samples_are_ingested_by_name_too(data: Path) -> None:
    files = run("samples", "--json", "--data", str(data)).document["files"]
    assert {one["status"] for one in files} <= {"unchanged", "duplicate"}
    assert len(files) == 8


def test_a_failed_input_is_said_and_the_rest_is_done(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("")
    shutil.copy(next(SAMPLES.glob("*.txt")), tmp_path / "in" / "b.txt")
    ran = run("ingest", "--json", "--data", str(tmp_path / "d"), str(tmp_path / "in"))
    assert ran.code == 1
    failed, added = ran.any_document["files"]
    assert (failed["status"], added["status"]) == ("failed", "added")
    assert "a.txt" in failed["error"]
    assert failed["error"] in ran.err
    assert stats(tmp_path / "d")["failed"] == [{"input": failed["input"], "error": failed["error"]}]


def test_stats_count_what_is_stored(data: Path) -> None:
    found = stats(data)
    assert set(found) == {
        "reports",
        "passages",
        "publishers",
        "from",
        "to",
        "duplicates",
        "near_copies",
        "sources",
        "failed",
        "feedback",
    }
    assert (found["reports"], found["failed"]) == (8, [])
    assert (found["duplicates"], found["near_copies"]) == (0, 0)
    assert (found["from"], found["to"]) == ("2025-04-09", "2025-04-14")
    assert found["publishers"]["Northgate Conflict Monitor"] == 5
    assert sum(found["publishers"].values()) == 8
    assert found["passages"] > 50


def test_reports_are_listed_newest_first(data: Path) -> None:
    found = run("reports", "--json", "--data", str(data)).document
    assert len(found) == 8
    for one in found:
        shaped(one, SUMMARY)
    days = [one["published"] for one in found]
    assert days == sorted(days, reverse=True)
    assert found[0]["id"] in run("reports", "--data", str(data)).out


def test_a_report_is_shown_as_parsed(data: Path) -> None:
    for summary in run("reports", "--json", "--data", str(data)).document:
        one = run("report", "--json", "--data", str(data), summary["id"]).document
        shaped(one, REPORT)
        assert {name: one[name] for name in summary} == summary
        text = one["text"]
        assert {block["kind"] for block in one["blocks"]} <= KINDS
        for takeaway in one["takeaways"]:
            assert takeaway["text"] == text[takeaway["start"] : takeaway["end"]]
        for marker in one["markers"]:
            assert marker["label"] in text[marker["start"] : marker["end"]]
        for note in one["endnotes"]:
            shaped(note, {"label": str, "text": str, "urls": list})
        assert one["takeaways"]
        assert one["markers"]


def test_a_report_may_be_read_by_people(data: Path) -> None:
    id_ = run("reports", "--json", "--data", str(data)).document[0]["id"]
    page = run("report", "--data", str(data), id_)
    assert page.code == 0
    assert "Endnotes" in page.out
    assert run("report", "--data", str(data), "--revision", "1", id_).out == page.out
    for revision in ("2", "0", "-1", str(10**30)):
        assert run("report", "--data", str(data), "--revision", revision, id_).code == 1


def digest(data: Path, day: str) -> dict[str, Any]:
    document: dict[str, Any] = run("digest", "--json", "--data", str(data), "--date", day).document
    return document


def test_a_digest_holds_a_days_takeaways(data: Path) -> None:
    found = digest(data, "2025-04-14")
    assert set(found) == {"date", "reports"}
    assert found["date"] == "2025-04-14"
    assert {one["publisher"] for one in found["reports"]} == {
        "Larkspur Security Review",
        "Northgate Conflict Monitor",
    }
    for one in found["reports"]:
        assert set(one) == {"id", "title", "publisher", "kind", "takeaways"}
        assert one["kind"] == "published"
        text = run("report", "--json", "--data", str(data), one["id"]).document["text"]
        assert len(one["takeaways"]) == 5
        for item in one["takeaways"]:
            shaped(item, TAKEAWAY)
            assert item["text"] == text[item["start"] : item["end"]]
            assert item["support"] in {"verbatim", "supported", "none"}
            assert (item["passage"] is None) == (item["support"] == "none")
            for note in item["footnotes"]:
                a_footnote(note)


def test_a_takeaway_returns_and_another_has_nothing_behind_it(data: Path) -> None:
    """Both stand in the samples on purpose."""
    opening = "Russian overnight strikes have returned to the size"
    fresh = {}
    for day in ("2025-04-09", "2025-04-10", "2025-04-11"):
        (northgate,) = (
            one
            for one in digest(data, day)["reports"]
            if one["publisher"] == "Northgate Conflict Monitor"
        )
        (item,) = (one for one in northgate["takeaways"] if one["text"].startswith(opening))
        fresh[day] = item["new"]
    assert fresh == {"2025-04-09": True, "2025-04-10": False, "2025-04-11": False}
    (quillhaven,) = digest(data, "2025-04-13")["reports"]
    (bonuses,) = (one for one in quillhaven["takeaways"] if "signing bonuses" in one["text"])
    assert bonuses["support"] == "none"


def test_a_day_without_reports_has_an_empty_digest(data: Path) -> None:
    assert digest(data, "2025-04-01") == {"date": "2025-04-01", "reports": []}
    assert run("digest", "--data", str(data), "--date", "2025-04-01").code == 0


PAGE: Final = """<html><head><title>{title}</title><link rel="canonical" href="{url}">
<meta property="article:published_time" content="2025-05-02T10:00:00Z"></head>
<body><article><h1>{title}</h1>{text}</article></body></html>"""


def test_a_near_copy_is_shown_with_its_original(tmp_path: Path) -> None:
    """The text printed a second time elsewhere, with a note in front and a word changed."""
    words = [
        f"In village {n} of the northern valley the council counted {n * 7} carts of hay"
        f" and asked the ferry company for {n + 3} more crossings before the frost. "
        for n in range(1, 41)
    ]
    text = "".join(f"<p>{one}</p>" for one in words)
    again = "<p>We print this with thanks to its authors.</p>" + text.replace("ferry", "boat", 1)
    (tmp_path / "a.html").write_text(
        PAGE.format(title="The valley counts its hay", url="https://hay.example.org/1", text=text)
    )
    (tmp_path / "b.html").write_text(
        PAGE.format(title="Hay, counted", url="https://other.example.com/9", text=again)
    )
    options = ("--json", "--data", str(tmp_path / "data"))
    files = [str(tmp_path / name) for name in ("a.html", "b.html")]
    added = run("ingest", *options, *files).document["files"]
    assert [one["status"] for one in added] == ["added", "added"]
    (original,), (copy,) = (one["reports"] for one in added)
    (listed,) = run("reports", *options).document
    assert (listed["id"], listed["near_copies"]) == (original, [copy])
    assert stats(tmp_path / "data")["near_copies"] == 1
    shown = run("report", *options, copy).document
    assert (shown["near_copy_of"], shown["near_copies"]) == (original, [])
    assert original in run("report", *options[1:], copy).out
    assert "1 near-copy" in run("reports", *options[1:]).out
    assert "near-copies: 1" in run("stats", *options[1:]).out
    (digested,) = run("digest", *options, "--date", "2025-05-02").document["reports"]
    assert digested["id"] == original
