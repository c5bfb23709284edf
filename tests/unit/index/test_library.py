"""The façade over fakes: what becomes of inputs, and what is said of them afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import BusyError, NotFoundError, StoreError
from index.library import Library
from index.model import IngestStatus
from tests.fakes.drafts import draft
from tests.fakes.embedder import WordEmbedder
from tests.fakes.libraries import EVENING, SAMPLES, Desk, quiet

if TYPE_CHECKING:
    from pathlib import Path

    from index.model import Answer, IngestResult, Quote
    from index.search import Search

ADDED, UPDATED, UNCHANGED, DUPLICATE, FAILED = IngestStatus
PAGE: Final = """<html lang="en"><head><title>{title}</title>
<link rel="canonical" href="https://reports.example/{name}">
<meta property="article:published_time" content="2025-04-09T20:00:00Z"></head>
<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"""
TEXT: Final = (
    "The ministry said on April 9 that peacekeepers would not stand at the front, and that their"
    " number is still being discussed among the partners who would send them."
)
QUESTION: Final = "what did the ministry say about peacekeepers?"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "in").mkdir()
    return Desk(tmp_path)


def page(desk: Desk, file: str, *, text: str = TEXT, name: str = "a", title: str = "Talks") -> str:
    path = desk.folder / "in" / file
    path.write_text(PAGE.format(title=title, name=name, text=text), "utf-8")
    return str(path)


def ingest(desk: Desk, *names: str) -> list[IngestResult]:
    return list(desk.library.ingest(names or [str(desk.folder / "in")], quiet))


def statuses(found: list[IngestResult]) -> list[IngestStatus]:
    return [one.status for one in found]


def test_a_page_is_added_once(desk: Desk) -> None:
    page(desk, "a.html")
    (first,) = ingest(desk)
    assert (first.status, first.error, len(first.reports)) == (ADDED, None, 1)
    encoded = desk.embedder.encoded  # type: ignore[attr-defined]
    (again,) = ingest(desk)
    assert (again.status, again.reports) == (UNCHANGED, first.reports)
    assert desk.embedder.encoded == encoded  # type: ignore[attr-defined]
    report = desk.library.report(first.reports[0])
    assert (report.title, report.published) == ("Talks", date(2025, 4, 9))
    assert TEXT in report.text


def test_a_bad_input_fails_alone_and_leaves_a_row(desk: Desk) -> None:
    page(desk, "a.html")
    (desk.folder / "in" / "b.txt").write_text("")
    page(desk, "c.html", name="c", title="Other", text=TEXT.replace("ministry", "government"))
    found = ingest(desk)
    assert statuses(found) == [ADDED, FAILED, ADDED]
    assert found[1].error is not None
    assert "b.txt" in found[1].error
    assert desk.library.failures() == [(found[1].input, found[1].error)]
    assert desk.library.sources()[-1].last_error == found[1].error
    assert desk.library.corpus().reports == 2


def test_an_input_that_is_mended_leaves_the_list_of_failures(desk: Desk) -> None:
    (desk.folder / "in" / "a.html").write_text("")
    assert statuses(ingest(desk)) == [FAILED]
    page(desk, "a.html")
    assert statuses(ingest(desk)) == [ADDED]
    assert desk.library.failures() == []


def test_a_revision_replaces_the_old_text_in_answers_and_old_citations_stay(desk: Desk) -> None:
    page(desk, "a.html")
    ingest(desk)
    (old, *_) = seen(desk.library.ask(QUESTION, asked_on=EVENING))
    page(desk, "a.html", text=TEXT.replace("not stand", "stand"))
    assert statuses(ingest(desk)) == [UPDATED]
    (new, *_) = seen(desk.library.ask(QUESTION, asked_on=EVENING))
    assert (old.revision, new.revision) == (1, 2)
    assert "would stand" in new.text
    assert desk.library.report(old.report_id, 1).text[old.start : old.end] == old.text
    assert desk.library.report(old.report_id).revision == 2
    assert old.text in desk.library.report(old.report_id, 1).text
    around = desk.library.around(old)
    assert around.holds(old)


def seen(answer: Answer) -> list[Quote]:
    return [*answer.quotes, *([answer.nearest] if answer.nearest else [])]


def test_a_copy_elsewhere_points_to_the_original(desk: Desk) -> None:
    page(desk, "a.html")
    page(desk, "b.html", name="b")
    first, copy = ingest(desk)
    assert statuses([first, copy]) == [ADDED, DUPLICATE]
    assert copy.reports == first.reports
    assert desk.library.corpus().duplicates == 1
    assert desk.library.corpus().reports == 1
    found = {one.report_id for one in desk.library.ranked("peacekeepers", top=9, asked_on=EVENING)}
    assert found == set(first.reports)


def test_two_states_of_one_page_in_a_folder_settle(desk: Desk) -> None:
    page(desk, "early.html")
    page(desk, "late.html", text=TEXT.replace("not stand", "stand"))
    assert statuses(ingest(desk)) == [ADDED, UPDATED]
    changes = desk.library.arrivals()
    assert statuses(ingest(desk)) == [UNCHANGED, UNCHANGED]
    assert desk.library.arrivals() == changes


def test_names_and_questions_that_are_no_text_are_taken_all_the_same(desk: Desk) -> None:
    (desk.folder / "in" / "bad\udcff.txt").write_text(TEXT)
    (result,) = ingest(desk)
    assert result.status is ADDED
    assert result.input.endswith(r"bad\udcff.txt")
    (missing,) = ingest(desk, "absent\udcff.txt")
    assert missing.status is FAILED
    assert missing.error is not None
    missing.error.encode()
    answer = desk.library.ask("\ud800 peacekeepers?", asked_on=EVENING, history=["\udfff"])
    answer.question.encode()
    assert desk.library.ranked("\ud800 peacekeepers", top=1, asked_on=EVENING)


@pytest.mark.parametrize("asked_on", [date.min, date.max])
def test_the_calendar_has_two_ends(desk: Desk, asked_on: date) -> None:
    page(desk, "a.html")
    ingest(desk)
    for question in (
        "what was said yesterday?",
        "and tomorrow?",
        "last week",
        "next year",
        QUESTION,
    ):
        assert desk.library.ask(question, asked_on=asked_on).asked_on == asked_on


def test_what_is_held_elsewhere_is_stored_and_made_searchable_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    said: list[str] = []

    def busy() -> object:
        raise BusyError("held by `briefing run`")

    library = rewired(desk, hold=busy)
    (tmp_path / "in").mkdir()
    page(desk, "a.html")
    results = list(library.ingest([str(tmp_path / "in")], lambda stage, _, __: said.append(stage)))
    assert statuses(results) == [ADDED]
    assert "briefing run" in said[-1]
    with pytest.raises(BusyError):
        library.ask(QUESTION, asked_on=EVENING)
    assert library.reports()
    assert desk.library.follow(quiet) == 1
    assert desk.library.ranked("peacekeepers", top=1, asked_on=EVENING)


def test_a_search_that_could_not_be_opened_is_tried_again_under_the_same_lock(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path)
    taken: list[str] = []
    failures = [StoreError("the server is away")]

    def hold() -> object:
        assert not taken, "a second lock of one process is refused"
        taken.append("lock")
        return taken

    def search() -> Search:
        if failures:
            raise failures.pop()
        return desk.library.search

    library = rewired(desk, hold=hold, open_search=search)
    with pytest.raises(StoreError, match="away"):
        library.ask(QUESTION, asked_on=EVENING)
    assert library.ask(QUESTION, asked_on=EVENING).status == "not_found"


def rewired(desk: Desk, **parts: object) -> Library:
    """Return a second library over the same store, wired in another way."""
    known = {
        name.removeprefix("_"): value
        for name, value in vars(desk.library).items()
        if name not in {"_held", "_opening", "_opened"}
    }
    return Library(**(known | parts))


def test_unknown_reports_are_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.library.report("nope")
    with pytest.raises(NotFoundError):
        desk.library.digest_report("nope")


def test_a_corpus_is_counted(desk: Desk) -> None:
    desk.put(
        draft("One.", title="1", published=date(2025, 4, 9)),
        draft("Two.", title="2", published=date(2025, 4, 11), publisher="Eastern Desk"),
        draft("Three.", title="3", published=None, publisher=None),
    )
    corpus = desk.library.corpus()
    assert (corpus.reports, corpus.passages, corpus.duplicates) == (3, 3, 0)
    assert (corpus.first, corpus.last) == (date(2025, 4, 9), date(2025, 4, 11))
    assert set(corpus.publishers) == {("Harbour Institute", 1), ("Eastern Desk", 1), ("unknown", 1)}
    assert desk.library.newest_day() == date(2025, 4, 11)
    desk.library.warm()
    desk.library.close()


# --- the bundled samples, as laws ---


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("samples"))
    found = list(desk.library.ingest([str(SAMPLES)], quiet))
    assert statuses(found) == [ADDED] * 8
    return desk


WORDS: Final = (
    "what did say Russia Ukraine about peacekeepers drones Kellogg Miroshnik Osmolova Velyanin"
    " Syrskyi assaults Pokrovsk yesterday on April 8 10 12 how many who force aid euros Chinese"
)
ASKED: Final = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=8).map(" ".join)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(question=ASKED, day=st.integers(8, 16))
def test_quotes_of_the_samples_are_slices_of_what_was_published(
    samples: Desk, question: str, day: int
) -> None:
    asked_on = date(2025, 4, day)
    answer = samples.library.ask(question, asked_on=asked_on)
    for quote in seen(answer):
        report = samples.library.report(quote.report_id, quote.revision)
        assert report.text[quote.start : quote.end] == quote.text
        assert "Sample report written for" not in quote.text
        assert quote.published is None or quote.published <= asked_on
    assert answer.searched.reports <= 8


QUESTIONS: Final = (
    "what did Russia say about peacekeepers?",
    "How many drones were launched on April 9?",
    "who denied dividing Ukraine?",
    "aid pledged at the contact group",
)


def answers(desk: Desk) -> list[Answer]:
    return [desk.library.ask(question, asked_on=EVENING) for question in QUESTIONS]


@pytest.mark.parametrize("lost", ["dense", "words", "both"])
def test_indexes_that_are_lost_come_back_as_they_were(samples: Desk, lost: str) -> None:
    before = answers(samples)
    encoded = samples.embedder.encoded  # type: ignore[attr-defined]
    for name in ("dense", "words"):
        if lost in {name, "both"}:
            getattr(samples, name).wipe()
    samples.restart()
    assert samples.library.follow(quiet) == 0
    assert answers(samples) == before
    assert samples.embedder.encoded == encoded  # type: ignore[attr-defined]


def test_the_order_of_inputs_does_not_matter(samples: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path, embedder=WordEmbedder())
    names = sorted((str(path) for path in SAMPLES.iterdir()), reverse=True)
    list(other.library.ingest(names, quiet))
    assert [one.id for one in other.library.reports()] == [
        one.id for one in samples.library.reports()
    ]
    for mine, theirs in zip(answers(other), answers(samples), strict=True):
        assert [replace(quote, score=0.0) for quote in mine.quotes] == [
            replace(quote, score=0.0) for quote in theirs.quotes
        ]
