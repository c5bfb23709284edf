from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.plan import ChangeLog, Contents, Revised, Revision, Selection, Standing, select
from bot.ports import Arrival

NOON = datetime(2025, 4, 10, 12, tzinfo=UTC)
TODAY = NOON.date()
STARTED = Standing(cursor=0, first=False)


def came(seq: int, name: str, published: date | None, revision: int = 1) -> Arrival:
    return Arrival(seq=seq, report_id=name, revision=revision, arrived=NOON, published=published)


def ids(selection: Selection) -> list[str]:
    return [report.report_id for report in selection.reports]


def test_what_came_in_since_newest_first_and_undated_last() -> None:
    log = ChangeLog(
        [
            came(1, "old news", TODAY - timedelta(days=2)),
            came(2, "undated", None),
            came(3, "today", TODAY),
            came(4, "yesterday", TODAY - timedelta(days=1)),
        ]
    )
    assert ids(select(log, STARTED, {})) == ["today", "yesterday", "old news", "undated"]
    assert ids(select(log, Standing(cursor=3, first=False), {})) == ["yesterday"]
    assert not select(log, Standing(cursor=4, first=False), {})
    assert log.head(2) == 4
    assert ChangeLog([]).head(2) == 2


def test_a_back_filled_archive_floods_nobody() -> None:
    archive = [came(n, f"r{n}", TODAY - timedelta(days=n)) for n in range(1, 300)]
    assert ids(select(ChangeLog(archive), STARTED, {})) == [f"r{n}" for n in range(1, 8)]
    assert ids(select(ChangeLog(archive, max_age=2), STARTED, {})) == ["r1", "r2"]


def test_the_first_edition_holds_the_newest_day_and_what_came_in_since() -> None:
    newest = (Revision(report_id="a", number=2), Revision(report_id="b", number=1))
    day = date(2022, 5, 1)
    log = ChangeLog([came(9, "c", TODAY)], newest=newest, newest_day=day)
    first = select(log, Standing(cursor=8, first=True), {})
    assert first.reports == (Revision(report_id="c", number=1), *newest)
    again = select(log, Standing(cursor=8, first=True), {"a": 2})
    assert ids(again) == ["c", "b"]


def test_a_report_revised_since_is_up_for_a_correction_only_where_it_was_had() -> None:
    log = ChangeLog([came(5, "a", TODAY, revision=2), came(6, "a", TODAY, revision=3)])
    had = select(log, STARTED, {"a": 1})
    assert had == Selection(revised=(Revised(report_id="a", had=1, now=3),))
    assert not select(log, STARTED, {"a": 3})
    fresh = select(log, STARTED, {})
    assert fresh.reports == (Revision(report_id="a", number=3),)


def test_a_revision_in_the_same_window_is_what_is_sent() -> None:
    late = Arrival(
        seq=2, report_id="a", revision=2, arrived=NOON + timedelta(days=30), published=TODAY
    )
    selection = select(ChangeLog([came(1, "a", TODAY), late]), STARTED, {})
    assert selection.reports == (Revision(report_id="a", number=2),)


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.integers(0, 20)), max_size=20),
    st.lists(st.integers(0, 20), max_size=6),
)
def test_however_editions_are_cut_each_report_comes_once(
    reports: list[tuple[str, int | None]], cuts: list[int]
) -> None:
    revisions: dict[str, int] = {}
    arrivals = []
    for seq, (name, age) in enumerate(reports, 1):
        revisions[name] = revisions.get(name, 0) + 1
        day = None if age is None else TODAY - timedelta(days=age)
        arrivals.append(came(seq, name, day, revisions[name]))
    whole = ChangeLog(arrivals)
    expected = set(ids(select(whole, STARTED, {})))
    got: list[str] = []
    had: dict[str, int] = {}
    cursor = 0
    for end in [*sorted(cuts), len(arrivals)]:
        log = ChangeLog([arrival for arrival in arrivals if arrival.seq <= end])
        selection = select(log, Standing(cursor=cursor, first=False), had)
        got += ids(selection)
        had |= {report.report_id: report.number for report in selection.reports}
        had |= {revised.report_id: revised.now for revised in selection.revised}
        cursor = log.head(cursor)
    assert len(got) == len(set(got))
    assert expected <= set(got)
    assert all(had[name] == revisions[name] for name in got)


def test_equal_contents_have_one_key_and_others_another() -> None:
    selection = Selection(reports=(Revision(report_id="a", number=1),))
    plain = Contents(selection=selection)
    assert plain.key == Contents(selection=selection).key
    assert len(plain.key) == 64
    others = [
        Contents(selection=Selection(reports=(Revision(report_id="a", number=2),))),
        Contents(selection=selection, topics=("x",)),
        Contents(selection=selection, publishers=("x",)),
        Contents(selection=selection, since=TODAY),
        Contents(selection=Selection(), quiet_day="2025-04-10 07:30"),
    ]
    assert len({plain.key, *(other.key for other in others)}) == 6
    mixed = Contents(selection=selection, topics=("Grain", "ports"))
    assert mixed.key == Contents(selection=selection, topics=("PORTS", "grain")).key
