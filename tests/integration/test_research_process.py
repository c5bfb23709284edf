"""The bot's own process: a timeline, a trend, who said what and an export, over a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram.server import FakeTelegram
from tests.integration.test_bot_process import (
    LONG,
    QUESTION,
    TOKEN,
    buttons,
    data,
    is_answer,
    running,
)
from tests.integration.test_manners_process import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.telegram.records import Accepted

__all__ = ["data"]
ALICE = 1001


def test_research_in_the_bots_own_process(data: Path) -> None:
    with FakeTelegram(token=TOKEN, bot_username="briefing_test_bot") as server:
        server.private(ALICE)

        def after(record: Accepted, contains: str = "", method: str = "sendMessage") -> Accepted:
            return server.wait_for(
                lambda one: one.method == method,
                chat_id=ALICE,
                contains=contains,
                after=record.seq,
                timeout=LONG,
            )

        with running(data, server.url):
            server.user_says(ALICE, QUESTION)
            answer = server.wait_for(is_answer, chat_id=ALICE, timeout=LONG)
            server.press(answer, data=buttons(answer)["Timeline"])
            page = after(answer, "Timeline: Russia on peacekeepers")
            server.press(page, data=next(d for label, d in buttons(page).items() if "On" in label))
            second = after(page, "Page 2 of", "editMessageText")
            assert second.message_id == page.message_id
            server.press(answer, data=buttons(answer)["Export"])
            choice = after(second, "which format?")
            server.press(choice, data=buttons(choice)["BibTeX"])
            document = after(choice, "BibTeX", "sendDocument")
            assert document.file is not None
            assert document.file.name.endswith(".bib")
            server.user_says(ALICE, "/trend drones")
            picture = after(document, "How often the reports speak of drones", "sendPhoto")
            assert picture.file is not None
            peaks = after(picture, "At the peaks")
            server.user_says(ALICE, "/said Russia about peacekeepers")
            after(peaks, "Russia about peacekeepers")
        with running(data, server.url):
            first = next(d for label, d in buttons(second).items() if "Back" in label)
            server.press(page, data=first)
            again = after(peaks, "Page 1 of", "editMessageText")
            assert again.text == page.text
            server.user_says(ALICE, "/forget")
            forgotten = after(again, "erased")
            pressed = server.press(page, data=next(iter(buttons(again).values())))
            eventually(lambda: pressed in server.callback_answers)
            assert "no longer keep" in str(server.callback_answers[pressed]["text"])
            server.user_says(ALICE, "/timeline zzyzx")
            after(forgotten, "No sentence speaks of zzyzx")
        server.assert_clean()
        assert not server.dropped_entities
