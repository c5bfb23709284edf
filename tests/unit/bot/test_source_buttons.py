"""Where the source buttons lead: to the stored report where there is a page, else the publisher."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.render import Renderer
from bot.signed_links import ReportPage, Signer, SourceLinks
from bot.views import AnswerView
from bot.wording import Wording
from index.model import Span
from tests.fakes.chat import ALICE, Bench
from tests.fakes.telegram import keyboards

if TYPE_CHECKING:
    from bot.model import Button, Message

QUESTION = "Did repair crews who restored power in northern districts see peacekeepers rejected?"
SIGNER = Signer(b"a key of the tests, as long as it has to be")


def row(messages: tuple[Message, ...]) -> list[Button]:
    """Return the buttons that open an address."""
    keys = messages[-1].keyboard
    keyboards.check(
        {
            "inline_keyboard": [
                [
                    {"text": one.label}
                    | ({"url": one.url} if one.url else {"callback_data": one.data})
                    for one in each
                ]
                for each in keys
            ]
        }
    )
    return [one for each in keys for one in each if one.url]


def rendered(bench: Bench, base: str | None) -> tuple[AnswerView, Renderer]:
    view = bench.conversation.ask(ALICE, QUESTION)
    assert isinstance(view, AnswerView)
    links = None
    if base is not None:
        links = SourceLinks(SIGNER, base, valid=timedelta(days=30), clock=bench.clock)
    return view, Renderer(Wording(bench.texts, {}, {}), links)


def test_each_quote_has_a_button_to_its_words() -> None:
    bench = Bench()
    view, renderer = rendered(bench, "https://briefing.example.org")
    buttons = row(renderer.render(view))
    assert len(buttons) == len(view.cited) > 1
    for button, cited in zip(buttons, view.cited, strict=True):
        assert button.url is not None
        address, _, fragment = button.url.partition("#")
        token = address.removeprefix("https://briefing.example.org/read/")
        quote = cited.quote
        assert fragment == "cited"
        assert SIGNER.read(token, now=bench.clock.now()).target == ReportPage(
            report_id=quote.report_id,
            revision=quote.revision,
            span=Span(start=quote.start, end=quote.end),
        )


@pytest.mark.parametrize("base", [None, "http://localhost:8765", "https://x.example/" + "y" * 999])
def test_without_an_address_that_fits_they_lead_to_the_publisher(base: str | None) -> None:
    bench = Bench()
    view, renderer = rendered(bench, base)
    urls = {button.url for button in row(renderer.render(view))}
    assert urls == {cited.quote.url for cited in view.cited}
    assert row(renderer.render(bench.conversation.latest())) == []


def test_the_newest_reports_lead_to_the_list() -> None:
    bench = Bench()
    _, renderer = rendered(bench, "https://briefing.example.org")
    (button,) = row(renderer.render(bench.conversation.latest()))
    assert button.label == "Reports by day"
