"""Follow-up questions under an answer: only such as the reports answer with something new."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

from bot.model import Button
from bot.suggestion_store import Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from bot.ports import Reports
    from bot.service import ConversationStore, Turn
    from bot.suggestion_store import SuggestionStore
    from bot.texts import Texts
    from index.model import Answer
    from index.ports import Clock

NAME: Final = "s"
_OFFERED: Final = 2
_TRIED: Final = 4
_STEM: Final = 5  # letters that words of one meaning mostly share
_OFTEN: Final = ("russia", "ukraine")  # sides worth asking about whoever was quoted
_PUBLISHER: Final = "publisher"  # the lexicon's side of the reports' own judgements
_LONGEST: Final = 64  # characters of a question on a button
_TOPIC: Final = re.compile(r"\b(?:about|regarding|concerning)\s+(?:the\s+)?(.+)", re.IGNORECASE)
_POINTERS: Final = frozenset(
    {"it", "its", "this", "that", "these", "those", "him", "his", "her", "them", "their", "what"}
)  # mean nothing without the question before
_WHEN: Final = re.compile(
    r"\s+(?:(?:on|in|since|before|after|during|until|between)\s+.*"
    r"|today|yesterday|(?:this|last)\s+(?:week|month|year))$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A question that may be worth asking next, whose words must answer it, and about what."""

    question: str
    topic: str | None
    speaker: str | None = None
    side: str | None = None


def topic_of(question: str) -> str | None:
    """Return what a question is about where it says so, the days it names left out."""
    found = _TOPIC.search(" ".join(question.split()).rstrip(" ?!."))
    if found is None:
        return None
    topic = _WHEN.sub("", found[1]).strip(" ,;")
    return None if not topic or topic.split()[0].casefold() in _POINTERS else topic


class Asking(Protocol):
    """Words a question."""

    def __call__(self, voice: str, topic: str | None, day: date | None) -> str:
        """Ask what a voice said about a topic or, where there is none, on a day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Who can be asked about.

    Args:
        sides: names of sides by their key.
        is_person: tells a person's name from an office's, which would need an article.
    """

    sides: Mapping[str, str]
    is_person: Callable[[str], bool]


def candidates(answer: Answer, voices: Voices, asking: Asking) -> Iterator[Candidate]:
    """Think of next questions: other speakers of the same quotes, then the other sides."""
    topic = topic_of(answer.question)
    asked = answer.question.casefold()
    seen: set[str] = set()

    def is_new(voice: str) -> bool:
        """Tell whether neither the question nor an earlier candidate names a voice."""
        folded = voice.casefold()
        if folded in seen or any(word in asked for word in folded.split() if len(word) > 3):  # noqa: PLR2004
            return False
        seen.add(folded)
        return True

    statements = [(q, one) for q in answer.quotes for one in q.statements]
    for quote, one in statements:
        speaker = one.speaker
        if speaker and voices.is_person(speaker) and is_new(speaker):
            question = asking(speaker, topic, quote.published)
            yield Candidate(question=question, speaker=speaker, topic=topic)
    if topic is None:
        return
    for side in dict.fromkeys([*(one.side or "" for _, one in statements), *_OFTEN]):
        name = voices.sides.get(side)
        if name and side != _PUBLISHER and is_new(name):
            yield Candidate(question=asking(name, topic, None), side=side, topic=topic)


def holds(candidate: Candidate, found: Answer, before: Answer) -> bool:
    """Tell whether what was found answers a candidate, in its voice and with something new."""
    if not found.quotes:
        return False
    best = found.quotes[0]
    known = {(quote.report_id, quote.start) for quote in before.quotes}
    if (best.report_id, best.start) in known:
        return False
    if candidate.topic and not _stems(candidate.topic) & _stems(best.text):
        return False
    if candidate.speaker is not None:
        return any(one.speaker == candidate.speaker for one in best.statements)
    return any(one.side == candidate.side for one in best.statements)


def _stems(text: str) -> set[str]:
    return {word[:_STEM].casefold() for word in re.findall(r"\w{3,}", text)}


class Suggestions:
    """Makes suggestions while nobody waits for them. Calls block."""

    def __init__(
        self,
        reports: Reports,
        store: SuggestionStore,
        turns: ConversationStore,
        clock: Clock,
        new_id: Callable[[], str],
        texts: Texts,
        voices: Voices,
    ) -> None:
        self._reports = reports
        self._store = store
        self._turns = turns
        self._clock = clock
        self._new_id = new_id
        self._texts = texts
        self._voices = voices
        self._busy = Lock()

    def make(self, answer_id: str) -> bool:
        """Find and store suggestions for an answer; tell whether there are any.

        While another answer's are looked for there are none: questions go first.
        """
        turn = self._turns.turn(answer_id)
        if turn is None or not turn.answer.quotes or not self._busy.acquire(blocking=False):
            return False
        try:
            questions = self._questions(turn)
        finally:
            self._busy.release()
        if not questions or self._turns.turn(answer_id) is None:  # forgotten meanwhile
            return False
        offered = [Suggestion(id=self._new_id(), question=one) for one in questions]
        self._store.save(answer_id, turn.asker.person, offered, at=self._clock.now())
        return True

    def keys(self, answer_id: str) -> list[tuple[Button, ...]]:
        """Return the buttons of an answer's suggestions, a row each."""
        return [
            (Button(label=one.question, data=f"{NAME}:{one.id}"),)
            for one in self._store.of_answer(answer_id)
        ]

    def question(self, suggestion_id: str) -> str | None:
        """Return the question of a button."""
        return self._store.question(suggestion_id)

    def _questions(self, turn: Turn) -> list[str]:
        found: list[str] = []
        tried = 0
        for candidate in candidates(turn.answer, self._voices, self._asking):
            if len(found) == _OFFERED or tried == _TRIED:
                break
            if len(candidate.question) > _LONGEST:
                continue
            tried += 1
            answer = self._reports.ask(candidate.question, asked_on=turn.answer.asked_on)
            if holds(candidate, answer, turn.answer):
                found.append(candidate.question)
        return found

    def _asking(self, voice: str, topic: str | None, day: date | None) -> str:
        if topic is None:
            return self._texts.plain("suggestion.say_on", voice=voice, day=self._texts.day(day))
        return self._texts.plain("suggestion.say_about", voice=voice, topic=topic)
