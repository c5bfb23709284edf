"""/timeline, /trend and /said: pages that fit, cite, turn, and outlive a restart."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue import Request
from bot.markup import Html, text_of, utf16_len
from bot.model import Place
from bot.service import Turn
from bot.texts import load_texts
from bot.views import Asker
from index.model import Answer, Searched
from tests.fakes.chat import ALICE, BOB
from tests.fakes.drafts import draft
from tests.fakes.research import Reading, text
from tests.fakes.telegram import images

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Message

CAPTION: Final = 1024
ON: Final = load_texts().plain("research.on")
BACK: Final = load_texts().plain("research.back")


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


def labels(message: Message) -> list[str]:
    return [button.label for row in message.keyboard for button in row]


def quoted(message: Message) -> list[str]:
    found = re.findall("<blockquote[^>]*>(.*?)</blockquote>", message.html, re.DOTALL)
    return [text_of(Html(one)) for one in found]


def test_a_timeline_is_dated_verbatim_and_cited_oldest_first(reading: Reading) -> None:
    (page,) = reading.writes("/timeline ferries").messages
    assert quoted(page)[:2] == [
        "The port counted 2 ferries on April 1.",
        "The port counted 3 ferries on April 2.",
    ]
    shown = text_of(Html(page.html))
    assert shown.startswith("Timeline: ferries\n")
    assert "1 Apr 2025\nThe port counted 2 ferries on April 1.\nHI · 2 Apr 2025 · ¶1" in shown
    assert "(day of the report)" not in shown
    assert page.html.count('href="https://harbour.example/') == len(quoted(page)) == 5


def test_a_sentence_without_a_day_stands_at_the_day_of_its_report(reading: Reading) -> None:
    assert "2 Apr 2025 (day of the report)\nMayor Pavlo Hrynko" in text(
        reading.writes("/timeline Hrynko")
    )


def test_turning_pages_shows_everything_once(reading: Reading) -> None:
    reply = reading.writes("/timeline ferry")
    found, turned = [], 0
    while True:
        (page,) = reply.messages
        found += quoted(page)
        if ON not in labels(page):
            break
        reply = reading.presses(ON, page)
        assert reply.edit
        turned += 1
    assert turned == 3
    assert len(found) == len(set(found)) == 16
    assert labels(page) == ["« First", BACK]
    assert quoted(reading.presses("« First", page).messages[0]) == found[:5]


def test_buttons_work_after_a_restart_and_in_their_chat_alone(reading: Reading) -> None:
    (page,) = reading.writes("/timeline ferry").messages
    reading.restart()
    assert len(reading.presses("Last »", page).messages) == 1
    assert reading.presses("Last »", page, BOB).toast == "That list belongs to another chat."
    friend = Asker(person=BOB.person, place=Place(chat_id=ALICE.place.chat_id))
    assert len(reading.presses("Last »", page, friend).messages) == 1
    assert reading.lookups.forget(ALICE.person)
    assert "no longer keep" in (reading.presses("Last »", page).toast or "")
    assert not reading.lookups.forget(ALICE.person)


def test_lookups_are_erased_when_they_are_old(reading: Reading) -> None:
    reading.writes("/timeline ferry")
    assert reading.lookups.prune(reading.clock.moment) == 0
    assert reading.lookups.prune(reading.clock.moment.replace(day=25)) == 1


def test_a_period_counts_the_days_told_of(reading: Reading) -> None:
    shown = text(reading.writes("/timeline port from 3 to 4 April"))
    assert "2 sentences in 2 reports" in shown
    assert "The port counted 4 ferries" in shown
    assert "The port counted 5 ferries" in shown


@pytest.mark.parametrize("command", ["timeline", "trend"])
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write a topic after the command"),
        ("walrus", "No sentence speaks of walrus. I looked through 12 reports (2 Apr"),
        ("the", "I find no topic in “the”."),
        ("ferries in March", "The reports speak of ferries, but no sentence is of that time"),
        ("ferries on 31 April", "There is no such day as “31 April”."),
        ("<b>&amp;", "No sentence speaks of"),
    ],
)
def test_what_can_not_be_shown_is_said(
    reading: Reading, command: str, typed: str, said: str
) -> None:
    shown = text(reading.writes(f"/{command} {typed}"))
    assert said in shown
    assert len(shown) < 200


def test_what_no_sentence_names_as_well_is_said(reading: Reading) -> None:
    shown = text(reading.writes("/timeline ferry sea"))
    assert "No sentence names “sea” as well; I left that out." in shown


def test_the_timeline_of_an_answer_is_of_its_subject_on_all_days(reading: Reading) -> None:
    answer = Answer(
        question="How many ferries sailed on April 5?",
        asked_on=date(2025, 4, 20),
        status="not_found",
        confidence=0.0,
        quotes=(),
        searched=Searched(reports=0, first=None, last=None, publishers=()),
    )
    turn = Turn(id="a1", asker=ALICE, asked_at=reading.clock.now(), answer=answer)
    reading.turns.save(turn)
    (page,) = reading.dialogue.press(_request("tq:a1")).messages
    assert "Timeline: ferries" in text_of(Html(page.html))
    assert reading.dialogue.press(_request("tq:a2")).toast
    assert reading.dialogue.press(_request("tq:a1", BOB)).toast == (
        "That answer belongs to another chat."
    )


def test_a_trend_is_a_picture_and_the_sentences_at_its_peaks(reading: Reading) -> None:
    picture, peaks = reading.writes("/trend ferry in April").messages
    assert picture.attachment is not None
    assert picture.attachment.name == "trend-ferry.png"
    assert images.size(picture.attachment.content) == (1300, 728)
    caption = text_of(Html(picture.html))
    assert "16 sentences in 12 reports of 12, 2 Apr 2025" in caption
    assert utf16_len(caption) <= CAPTION
    assert len(quoted(peaks)) == 3
    assert "1 · 3 Apr 2025 · 2 sentences\nFerry traffic fell to 3 sailings.\nHI" in text_of(
        Html(peaks.html)
    )
    shown = reading.presses("Timeline", peaks)
    assert not shown.edit
    assert "Timeline: ferry" in text(shown)


def test_a_trend_of_a_long_hostile_topic_fits_a_caption(tmp_path: Path) -> None:
    words = [f"w{n}&<b>" for n in range(60)]
    reading = Reading(tmp_path, reports=[draft(f"It names {' '.join(words)} at once.")])
    picture, peaks = reading.writes(f"/trend {' '.join(words)}").messages
    assert utf16_len(text_of(Html(picture.html))) <= CAPTION
    assert quoted(peaks)


def test_who_said_what_when_newest_first(reading: Reading) -> None:
    (page,) = reading.writes("/said Hrynko").messages
    assert quoted(page)[0] == "Mayor Pavlo Hrynko said that ferry number 13 waits."
    shown = text_of(Html(page.html))
    assert shown.startswith("Pavlo Hrynko said\n12 sentences, newest first. Page 1 of 3")
    assert "HI · 13 Apr 2025" in shown
    older = reading.presses(ON, page)
    assert older.edit
    assert "number 8 waits" in text(older)


def test_what_a_side_said_about_a_topic(reading: Reading) -> None:
    assert "Russia said\n" in text(reading.writes("/said Russia"))
    assert "nothing from Russia about “ferries”" in text(
        reading.writes("/said Russia about ferries")
    )
    shown = text(reading.writes("/said Hrynko about ferry on 5 April"))
    assert "Pavlo Hrynko about ferry\n1 sentence" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write a name or a side"),
        ("about ferries", "Nobody called"),
        ("Wenceslas", "Nobody called “Wenceslas” says anything"),
        ("<i>x</i>", "Nobody called “<i>x</i>” says"),
        ("Hrynko about walrus", "nothing from Pavlo Hrynko about “walrus”"),
    ],
)
def test_nobody_and_nothing(reading: Reading, typed: str, said: str) -> None:
    assert said in text(reading.writes(f"/said {typed}"))


def test_a_name_of_many_offers_those_who_speak_most(tmp_path: Path) -> None:
    names = "Pavlo Taras Ivan Oleh Petro Danylo Andriy Yuriy Bohdan Maksym"
    lines = [
        " ".join(f"Mayor {name} Hrynko said that ferry {k} waits." for k in range(10 - n))
        for n, name in enumerate(names.split())
    ]
    reading = Reading(tmp_path, reports=[draft(*lines)])
    (choice,) = reading.writes("/said Hrynko about ferry").messages
    assert "10 are called “Hrynko”" in text_of(Html(choice.html))
    assert labels(choice)[:2] == ["Pavlo Hrynko", "Taras Hrynko"]
    assert len(labels(choice)) == 8
    reading.restart()
    chosen = reading.presses("Taras Hrynko", choice)
    assert chosen.edit
    assert "Taras Hrynko about ferry" in text(chosen)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sentences=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=1500),
        min_size=5,
        max_size=5,
    )
)
def test_every_page_is_one_message_that_telegram_takes(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str]
) -> None:
    reports = [
        draft(f"Ferries {one} end.", publisher=one[:300], title=one, url=f"https://x.example/{n}")
        for n, one in enumerate(sentences)
    ]
    reading = Reading(tmp_path_factory.mktemp("d"), reports=reports)
    for command in ("/timeline ferries", "/trend ferries", "/said HI about ferries"):
        reading.writes(command)
    assert len(reading.writes("/timeline ferries").messages) == 1


def test_a_page_loses_no_entry_however_long_its_parts_are(tmp_path: Path) -> None:
    long = "&" * 1900
    reports = [
        draft(
            f"Ferry {n} {'waits & ' * 200}end.",
            publisher="Institute & " * 30,
            title=f"Day {n}",
            url=f"https://harbour.example/{n}?{long}",
        )
        for n in range(5)
    ]
    (page,) = Reading(tmp_path, reports=reports).writes("/timeline ferry").messages
    assert sorted(one[:7] for one in quoted(page)) == [f"Ferry {n}" for n in range(5)]
    assert all(one.endswith("[…]") for one in quoted(page))


def _request(data: str, asker: Asker = ALICE) -> Request:
    return Request(asker=asker, text=data)
