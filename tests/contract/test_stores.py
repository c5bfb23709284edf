"""The catalogue and the passages: one contract on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from socket import create_server
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event

from index.catalogue import Catalogue
from index.errors import BriefingError, NotFoundError, SettingsError, StoreError
from index.model import BlockKind, Endnote, IngestResult, IngestStatus, ParsedReport, Statement
from index.passages import PassageStore, StoredPassage, StoredSentence
from index.sql import open_engine
from index.tables import METADATA
from tests.fakes.drafts import APRIL_9, HEADING, TAKEAWAY, draft, drafts, stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from index.model import Report

ADDED, UPDATED, UNCHANGED, DUPLICATE, FAILED = IngestStatus
NOON: Final = datetime(2025, 4, 9, 12, 0, tzinfo=UTC)
PAGE: Final = "https://reports.example/april-9"
FIRST: Final = draft("Peacekeepers would not stand at the front.[1]", url=PAGE)
SECOND: Final = draft("Peacekeepers would stand at the front after all.[1]", url=PAGE)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'briefing.sqlite'}"
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    METADATA.drop_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def catalogue(engine: Engine) -> Catalogue:
    made = Catalogue(engine)
    made.create()
    return made


@pytest.fixture
def store(engine: Engine, catalogue: Catalogue) -> PassageStore:
    del catalogue  # it makes the tables
    return PassageStore(engine)


def put(
    catalogue: Catalogue, one: ParsedReport, source: str = "a.html", hour: int = 0
) -> tuple[IngestStatus, str]:
    return catalogue.store(one, source=source, arrived=NOON + timedelta(hours=hour))


def parsed(one: Report) -> ParsedReport:
    return stored(one, id_="", revision=1)


# --- reports ---


def test_tables_are_made_once(catalogue: Catalogue) -> None:
    put(catalogue, FIRST)
    catalogue.create()
    assert len(catalogue.summaries()) == 1


def test_an_empty_catalogue_has_an_answer_to_everything(catalogue: Catalogue) -> None:
    searched = catalogue.searched(date.max)
    assert (searched.reports, searched.first, searched.publishers) == (0, None, ())
    assert not catalogue.summaries()
    assert not catalogue.changes()
    assert not catalogue.publishers()
    assert not catalogue.failures()
    assert not catalogue.health()
    assert not catalogue.duplicates()
    assert catalogue.newest_day() is None
    assert catalogue.on_day(APRIL_9) == catalogue.previous_day("Harbour", APRIL_9) == []


def test_a_report_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    whole = draft(
        (HEADING, "Assessment \u202e of “9 April” 🙂"),
        (TAKEAWAY, "Peacekeepers would not stand at the front."),
        "Żółć, 和平, e\u0301 and <b>markup</b>; '; DROP TABLE reports;--.[7] Nothing else.[xii]",
        title="It's 100% “so”\\",
        authors=("Ana Ruiz", "Bo Li"),
        url=PAGE,
        endnotes=[
            Endnote(label="7", text="see t dot me/x", urls=("https://t.me/x", "https://b.example")),
            Endnote(label="7", text="again"),
        ],
    )
    status, id_ = put(catalogue, whole)
    assert status is ADDED
    found = catalogue.report(id_)
    assert (found.id, found.revision) == (id_, 1)
    assert parsed(found) == stored(whole, id_="", revision=1)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(one=drafts())
def test_any_report_comes_back_and_a_second_time_changes_nothing(
    catalogue: Catalogue, one: ParsedReport
) -> None:
    _, id_ = put(catalogue, one)
    before = catalogue.changes()
    status, again = put(catalogue, one)
    assert status in {UNCHANGED, DUPLICATE}
    assert again == id_
    assert catalogue.changes() == before
    assert catalogue.report(id_).text == one.text


def test_another_text_at_the_same_address_is_a_revision(catalogue: Catalogue) -> None:
    _, id_ = put(catalogue, FIRST)
    assert put(catalogue, SECOND, hour=1) == (UPDATED, id_)
    assert (catalogue.report(id_).revision, catalogue.report(id_).text) == (2, SECOND.text)
    assert catalogue.report(id_, 1).text == FIRST.text
    (summary,) = catalogue.summaries()
    assert summary.revision == 2
    assert [(one.revision, one.current) for one in catalogue.changes()] == [(1, False), (2, True)]


def test_other_notes_alone_are_a_revision_too(catalogue: Catalogue) -> None:
    _, id_ = put(catalogue, FIRST)
    noted = replace(FIRST, endnotes=(Endnote(label="1", text="A note."),))
    assert put(catalogue, noted) == (UPDATED, id_)
    assert catalogue.report(id_).endnotes == noted.endnotes


def test_a_page_that_goes_back_to_its_first_text_has_three_revisions(catalogue: Catalogue) -> None:
    _, id_ = put(catalogue, FIRST)
    put(catalogue, SECOND)
    assert put(catalogue, FIRST) == (UPDATED, id_)
    assert catalogue.report(id_).revision == 3


def test_reading_two_states_of_a_report_again_changes_nothing(catalogue: Catalogue) -> None:
    """A folder may hold an earlier and a later copy of one page."""
    _, id_ = put(catalogue, FIRST, "early.html")
    assert put(catalogue, SECOND, "late.html") == (UPDATED, id_)
    before = catalogue.changes()
    assert put(catalogue, FIRST, "early.html") == (UNCHANGED, id_)
    assert put(catalogue, SECOND, "late.html") == (UNCHANGED, id_)
    assert catalogue.changes() == before
    assert catalogue.report(id_).text == SECOND.text


def test_the_same_report_from_elsewhere_is_a_duplicate(catalogue: Catalogue) -> None:
    _, id_ = put(catalogue, FIRST, "a.html")
    assert put(catalogue, FIRST, "copies/a.html") == (DUPLICATE, id_)
    assert len(catalogue.changes()) == 1


def test_a_copy_under_another_date_points_to_its_original(catalogue: Catalogue) -> None:
    _, original = put(catalogue, FIRST)
    copy = replace(FIRST, url="https://mirror.example/x", published=date(2025, 4, 10))
    assert put(catalogue, copy, "b.html", hour=1) == (DUPLICATE, original)
    assert put(catalogue, copy, "b.html", hour=2) == (DUPLICATE, original)
    ((duplicate, of),) = catalogue.duplicates()
    assert of == original
    assert catalogue.report(duplicate).published == date(2025, 4, 10)
    assert [one.id for one in catalogue.summaries()] == [original]
    assert catalogue.searched(date.max).reports == 1
    assert catalogue.newest_day() == APRIL_9
    assert [one.current for one in catalogue.changes()] == [True, False]


def test_a_duplicate_that_gets_a_text_of_its_own_is_none_any_more(catalogue: Catalogue) -> None:
    put(catalogue, FIRST)
    copy = replace(FIRST, url="https://mirror.example/x")
    put(catalogue, copy, "b.html")
    own = draft("A text of its own.", url="https://mirror.example/x")
    status, id_ = put(catalogue, own, "b.html")
    assert status is UPDATED
    assert catalogue.duplicates() == []
    assert {one.id for one in catalogue.summaries()} >= {id_}


def test_duplicates_always_point_to_a_report_that_is_none(catalogue: Catalogue) -> None:
    put(catalogue, FIRST, "a.html")
    put(catalogue, replace(FIRST, url="https://mirror.example/x"), "b.html")
    _, other = put(catalogue, draft("Quite another text.", url="https://c.example/"), "c.html")
    # What was the original turns out to be a copy of the other one.
    put(catalogue, replace(FIRST, text="Quite another text.", markers=(), blocks=()), "a.html")
    duplicates = dict(catalogue.duplicates())
    assert set(duplicates.values()) == {other}
    assert len(duplicates) == 2
    assert put(catalogue, replace(FIRST, url="https://mirror.example/x"), "b.html")[1] == other


@pytest.mark.parametrize("id_", ["nope", "", "a'b", "x\x00", "\udcff", "ж" * 12, "a" * 500])
def test_an_unknown_report_is_not_found(catalogue: Catalogue, id_: str) -> None:
    with pytest.raises(NotFoundError, match="briefing reports"):
        catalogue.report(id_)


@pytest.mark.parametrize("revision", [0, -1, 2, 2**31, 10**30])
def test_an_unknown_revision_is_not_found(catalogue: Catalogue, revision: int) -> None:
    _, id_ = put(catalogue, FIRST)
    with pytest.raises(NotFoundError):
        catalogue.report(id_, revision)


def test_lists_are_in_order_of_date(catalogue: Catalogue) -> None:
    days = [date(2025, 4, 8), None, date(2025, 4, 11), date(2025, 4, 9)]
    for number, day in enumerate(days):
        one = draft(f"Text {number}.", url=f"https://r.example/{number}", published=day)
        put(catalogue, one, f"{number}.html", hour=-number)
    found = [one.published for one in catalogue.summaries()]
    assert found == [date(2025, 4, 11), date(2025, 4, 9), date(2025, 4, 8), None]
    wanted = [catalogue.summaries()[0].id, catalogue.summaries()[3].id]
    assert [one.id for one in catalogue.summaries(wanted)] == wanted
    assert catalogue.newest_day() == date(2025, 4, 11)


def test_days_publishers_and_what_was_searched(catalogue: Catalogue) -> None:
    ids: dict[str, str] = {}
    for name, publisher, day in [
        ("a9", "Alpha", date(2025, 4, 9)),
        ("b9", "Beta", date(2025, 4, 9)),
        ("a8", "Alpha", date(2025, 4, 8)),
        ("a6", "Alpha", date(2025, 4, 6)),
        ("b1", "Beta", date(2025, 4, 1)),
        ("undated", None, None),
    ]:
        one = draft(f"Text {name}.", publisher=publisher, published=day, title=name)
        ids[name] = put(catalogue, one, f"{name}.html", hour=len(ids))[1]
    assert catalogue.on_day(date(2025, 4, 9)) == [ids["a9"], ids["b9"]]
    assert catalogue.previous_day("Alpha", date(2025, 4, 9)) == [ids["a8"]]
    assert catalogue.previous_day("Alpha", date(2025, 4, 8)) == [ids["a6"]]
    assert catalogue.previous_day("Beta", date(2025, 4, 9)) == [ids["b1"]]
    assert catalogue.previous_day(None, date(2025, 4, 9)) == []
    assert catalogue.publishers() == [("Alpha", 3), ("Beta", 2), (None, 1)]
    searched = catalogue.searched(date(2025, 4, 6))
    assert (searched.reports, searched.publishers) == (3, ("Alpha", "Beta"))
    assert (searched.first, searched.last) == (date(2025, 4, 1), date(2025, 4, 6))


def test_a_moment_keeps_its_instant_whatever_its_zone(catalogue: Catalogue) -> None:
    kyiv = timezone(timedelta(hours=3))
    catalogue.store(FIRST, source="a", arrived=NOON.astimezone(kyiv))
    (change,) = catalogue.changes()
    assert change.arrived == NOON
    assert change.arrived.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(Exception, match="without a zone"):
        catalogue.store(FIRST, source="a", arrived=NOON.replace(tzinfo=None))
    assert catalogue.summaries() == []


def test_inputs_that_failed_are_rows_until_they_succeed(catalogue: Catalogue) -> None:
    failed = IngestResult(input="x.html", status=FAILED, error="x.html is empty")
    catalogue.note_input(failed, at=NOON)
    catalogue.note_input(replace(failed, input="0.html"), at=NOON)
    assert catalogue.failures() == [("0.html", "x.html is empty"), ("x.html", "x.html is empty")]
    worked = IngestResult(input="x.html", status=ADDED, reports=("a",))
    catalogue.note_input(worked, at=NOON)
    assert [name for name, _ in catalogue.failures()] == ["0.html"]
    catalogue.note_input(failed, at=NOON + timedelta(days=1))
    (_, health) = catalogue.health()
    assert (health.name, health.last_error, health.last_success) == (
        "x.html",
        "x.html is empty",
        NOON,
    )


def test_publishers_fare_by_their_newest_arrival(catalogue: Catalogue) -> None:
    put(catalogue, FIRST, hour=1)
    put(catalogue, draft("Other.", title="Other"), "b.html", hour=5)
    put(catalogue, draft("Third.", title="T", publisher=None), "c.html", hour=2)
    found = [(one.name, one.reports, one.last_success) for one in catalogue.health()]
    assert sorted(found) == [
        ("Harbour Institute", 2, NOON + timedelta(hours=5)),
        ("unknown", 1, NOON + timedelta(hours=2)),
    ]


# --- several writers ---


def test_many_writers_of_one_report_add_it_once(url: str, catalogue: Catalogue) -> None:
    engines = [open_engine(url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as pool:
        found = list(
            pool.map(lambda engine: put(Catalogue(engine), FIRST, f"{id(engine)}.html"), engines)
        )
    for engine in engines:
        engine.dispose()
    assert sorted(status for status, _ in found) == [ADDED, *[DUPLICATE] * 3]
    assert len(catalogue.changes()) == 1


def test_many_programs_may_start_at_once(url: str, engine: Engine) -> None:
    del engine  # it has emptied the database
    engines = [open_engine(url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as pool:
        list(pool.map(lambda engine: Catalogue(engine).create(), engines))
    put(Catalogue(engines[0]), FIRST)
    for engine in engines:
        engine.dispose()


def test_the_change_log_shows_its_entries_in_order(url: str, catalogue: Catalogue) -> None:
    """Who has followed the log to an entry has seen all before it, whoever commits late."""
    slow_engine, quick_engine = open_engine(url), open_engine(url)
    inside = threading.Event()

    @event.listens_for(slow_engine, "commit")
    def linger(_: Connection) -> None:
        inside.set()
        threading.Event().wait(0.3)

    slow = threading.Thread(target=put, args=(Catalogue(slow_engine), FIRST))
    slow.start()
    assert inside.wait(10)
    put(Catalogue(quick_engine), draft("Another.", title="Another"), "b.html")
    seen = catalogue.changes()
    slow.join()
    event.remove(slow_engine, "commit", linger)
    missed = [change for change in catalogue.changes() if change not in seen]
    assert all(change.seq > seen[-1].seq for change in missed)
    assert all(one.seq < two.seq for one, two in pairwise(catalogue.changes()))
    for engine in (slow_engine, quick_engine):
        engine.dispose()


# --- passages ---


def passage(report_id: str, revision: int = 1, ordinal: int = 0, text: str = "") -> StoredPassage:
    text = text or f"Passage {ordinal} of revision {revision}."
    start = ordinal * 100
    rng = np.random.default_rng(ordinal)
    sentence = StoredSentence(
        start=start,
        end=start + len(text),
        kind=BlockKind.PARAGRAPH,
        block=ordinal,
        tokens=(0, 3),
        statements=(
            Statement(speaker="Lavrov", side="russia", cue="say", date=APRIL_9),
            Statement(speaker=None, side=None, cue="", date=None),
        ),
        days=((APRIL_9, APRIL_9 + timedelta(days=1)),),
    )
    return StoredPassage(
        start=start,
        end=start + len(text),
        report_id=report_id,
        revision=revision,
        ordinal=ordinal,
        published=APRIL_9,
        text=text,
        sentences=(sentence,),
        vector=np.array([0.5, -0.25, 0.125, 0, 0, 0, 0, 1], np.float32),
        signs=rng.integers(0, 256, (3, 1), np.uint8),
    )


def same(one: StoredPassage, other: StoredPassage) -> bool:
    names = [name for name in StoredPassage.__dataclass_fields__ if name not in {"vector", "signs"}]
    return (
        all(getattr(one, name) == getattr(other, name) for name in names)
        and np.array_equal(one.vector, other.vector)
        and np.array_equal(one.signs, other.signs)
    )


def test_passages_come_back_as_they_went_in(catalogue: Catalogue, store: PassageStore) -> None:
    _, id_ = put(catalogue, FIRST)
    made = [passage(id_, ordinal=number, text="“Żółć” 🙂 [7]") for number in (2, 0, 1)]
    store.replace(made, instance="model", seq=1)
    found = store.of_report(id_, 1)
    assert [one.ordinal for one in found] == [0, 1, 2]
    assert all(same(one, made[(one.ordinal + 1) % 3]) for one in found)
    loaded = store.load([f"{id_}.1.2", f"{id_}.1.9", f"{id_}.9.0"])
    assert list(loaded) == [f"{id_}.1.2"]
    assert same(loaded[f"{id_}.1.2"], made[0])
    assert store.count() == 3
    assert store.checkpoint("model") == 1


def test_replacing_leaves_no_old_passage(catalogue: Catalogue, store: PassageStore) -> None:
    _, id_ = put(catalogue, FIRST)
    store.replace([passage(id_, ordinal=n) for n in range(4)], instance="model", seq=1)
    store.replace([passage(id_, text="Alone.")], instance="model", seq=2)
    assert [one.text for one in store.of_report(id_, 1)] == ["Alone."]
    store.replace([], instance="model", seq=3)
    assert (store.count(), store.checkpoint("model")) == (1, 3)


def test_only_the_newest_revision_is_current(catalogue: Catalogue, store: PassageStore) -> None:
    _, id_ = put(catalogue, FIRST)
    store.replace([passage(id_), passage(id_, ordinal=1)], instance="model", seq=1)
    put(catalogue, SECOND)
    assert store.current([id_]) == []
    assert sorted(store.stale([id_])) == [f"{id_}.1.0", f"{id_}.1.1"]
    store.replace([passage(id_, revision=2)], instance="model", seq=2)
    (indexed,) = store.current([id_])
    assert (indexed.id, indexed.day) == (f"{id_}.2.0", APRIL_9)
    assert store.load([f"{id_}.1.0", f"{id_}.2.0"]).keys() == {f"{id_}.2.0"}
    assert sorted(store.stale([id_])) == [f"{id_}.1.0", f"{id_}.1.1"]
    assert len(store.of_report(id_, 1)) == 2
    assert store.count() == 1


def test_a_duplicate_has_no_current_passages(catalogue: Catalogue, store: PassageStore) -> None:
    put(catalogue, FIRST)
    _, other = put(catalogue, draft("Other.", url="https://b.example/"), "b.html")
    store.replace([passage(other)], instance="model", seq=1)
    put(catalogue, replace(FIRST, url="https://b.example/"), "b.html")
    assert store.current([other]) == []
    assert store.stale([other]) == [f"{other}.1.0"]
    assert store.load([f"{other}.1.0"]) == {}


def test_many_passages_are_loaded_in_one_go(catalogue: Catalogue, store: PassageStore) -> None:
    _, id_ = put(catalogue, FIRST)
    store.replace([passage(id_, ordinal=n) for n in range(1_100)], instance="model", seq=1)
    assert len(store.load([f"{id_}.1.{n}" for n in range(1_200)])) == 1_100


def test_checkpoints_are_kept_by_name(store: PassageStore) -> None:
    long = "passages|/a/folder/of/models/" + "x" * 300
    assert store.checkpoint(long) == 0
    store.advance(long, 7)
    store.advance("other", 2)
    store.advance(long, 9)
    assert (store.checkpoint(long), store.checkpoint("other")) == (9, 2)
    store.clear()
    assert (store.checkpoint(long), store.count()) == (0, 0)


# --- databases that fail ---


def test_an_absent_database_is_named_without_its_password() -> None:
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    engine = open_engine(f"postgresql+psycopg://reader:s3cret@127.0.0.1:{port}/briefing")
    with pytest.raises(StoreError, match="briefing") as failed:
        Catalogue(engine).create()
    assert "s3cret" not in str(failed.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "briefing.sqlite").write_bytes(b"no database at all, " * 100)
    with pytest.raises(StoreError, match=r"briefing\.sqlite"):
        Catalogue(open_engine(f"sqlite:///{tmp_path / 'briefing.sqlite'}")).create()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "nodatabase://x/y", "sqlite+nodriver:///x", "postgresql+nodriver://x/y"]
)
def test_an_address_that_is_no_databases_names_the_setting(url: str) -> None:
    with pytest.raises(SettingsError, match=r"stores\.database_url"):
        open_engine(url)


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(BriefingError, match="--data"):
        open_engine(f"sqlite:///{tmp_path / 'data' / 'briefing.sqlite'}")
