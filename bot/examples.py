"""Questions for /help that the present reports do answer, taken from the newest takeaways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from index.lexicon import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.ports import Reports
    from bot.texts import Texts
    from index.lexicon import Lexicon
    from index.model import Answer

_SHOWN: Final = 3
_TRIED: Final = 10
_KINDS: Final = {Kind.PERSON: "person", Kind.PLACE: "place", Kind.TERM: "term"}


class Examples:
    """Keeps the examples; looking for them asks questions, so it is done while nobody waits."""

    def __init__(self, reports: Reports, names: Lexicon, texts: Texts) -> None:
        self._reports = reports
        self._names = names
        self._texts = texts
        self._questions: tuple[str, ...] = ()

    def __call__(self) -> tuple[str, ...]:
        """Return the examples found last; none before ``look`` found some."""
        return self._questions

    def look(self) -> None:
        """Look for examples in the newest day's takeaways. Blocks."""
        day = self._reports.newest_day()
        if day is None:
            return
        found: dict[str, str] = {}  # one of each kind
        for tried, (kind, question, name) in enumerate(self._candidates(day)):
            if tried == _TRIED or len(found) == _SHOWN:
                break
            if kind not in found and _speaks_of(
                name, self._reports.ask(question, asked_on=day), day
            ):
                found[kind] = question
        self._questions = tuple(found.values())

    def _candidates(self, day: date) -> Iterator[tuple[str, str, str]]:
        """Ask about whom and what the takeaways of a day name, each once: kind, question, name."""
        asked: set[str] = set()
        for report in self._reports.digest(day).reports:
            for takeaway in report.takeaways:
                for one in self._names.find(takeaway.text):
                    kind, name = _KINDS.get(one.kind), takeaway.text[one.start : one.end]
                    if kind is None or one.key in asked:
                        continue
                    asked.add(one.key)
                    values = {"name": name, "day": self._texts.day(day)}
                    yield kind, self._texts.plain(f"example.{kind}", **values), name


def _speaks_of(name: str, answer: Answer, day: date) -> bool:
    """Tell whether an answer begins with a quote of that day that has the name in it."""
    if not answer.quotes:
        return False
    best = answer.quotes[0]
    return best.published == day and name.casefold() in best.text.casefold()
