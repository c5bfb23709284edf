"""Links into the chat, and the questions that may follow an answer: their pure parts."""

from __future__ import annotations

import pytest

from bot.deeplinks import DeepLink, address, read_payload, report_messages
from bot.markup import Html, text_of
from bot.suggestions import topic_of
from tests.fakes.chat import Bench


@pytest.mark.parametrize("kind", ["a", "r"])
def test_a_link_is_read_as_it_was_written(kind: str) -> None:
    target = DeepLink(kind="a" if kind == "a" else "r", id="mq5t2fka-_ue")
    written = address("briefing_bot", target)
    assert written == f"https://t.me/briefing_bot?start={kind}_mq5t2fka-_ue"
    assert read_payload(written.partition("start=")[2]) == target


@pytest.mark.parametrize("text", ["", "inline", "a_", "x_abc", "a_b c", "a_" + "x" * 63, "a_<b>"])
def test_anything_else_is_no_link(text: str) -> None:
    assert read_payload(text) is None


def test_an_id_that_no_link_can_carry_is_a_defect() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        address("briefing_bot", DeepLink(kind="r", id="x" * 70))


def test_every_report_is_shown_with_what_it_prints() -> None:
    bench = Bench()
    for summary in bench.reports.reports():
        report = bench.reports.report(summary.id)
        shown = "\n".join(text_of(Html(one.html)) for one in report_messages(report, bench.wording))
        for span in report.takeaways:
            assert span.of(report.text) in shown
        assert bench.wording.title(report.title) in shown
        if not report.takeaways:
            assert "lists no key takeaways" in shown


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Russia say about peacekeepers?", "peacekeepers"),
        ("What did Antonov say about the mandate on 9 April 2025?", "mandate"),
        ("anything regarding air defense last week", "air defense"),
        ("And what did he say about that?", None),
        ("How many drones were launched?", None),
        ("about in May", "in May"),
        ("What was said about   ?", None),
    ],
)
def test_the_topic_of_a_question(question: str, topic: str | None) -> None:
    assert topic_of(question) == topic
