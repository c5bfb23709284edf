"""Reading all reports for one topic or one voice: every sentence that speaks of it, not the best.

The word index says which passages may hold such sentences; what they say is read from SQL.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from index.footnotes import footnotes
from index.model import Quote
from index.ports import Window
from index.said import Said, Voices, voice_of
from index.timeline import distinct
from index.topic import Found, Sentence, spaced, topic_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from index.lexicon import Lexicon
    from index.model import Report
    from index.passages import PassageStore, PassageText
    from index.ports import LexicalIndex
    from index.said import Voice
    from index.topic import Thing

_NEWEST: Final = 500  # passages of a voice that are read where no topic narrows them down
_KEPT: Final = 16  # topics whose pages are being turned


class Research:
    """All that the reports say of something. Made anew whenever reports come in."""

    def __init__(
        self,
        *,
        passages: PassageStore,
        words: LexicalIndex,
        lexicon: Lexicon,
        read: Callable[[str, int], Report],
    ) -> None:
        self._passages = passages
        self._words = words
        self._lexicon = lexicon
        self._read = read
        # No cache around a method: that circle would hold the word index past its closing.
        self._kept: dict[tuple[str, date], Found] = {}
        self._everybody: Voices | None = None

    def about(self, text: str, today: date) -> Found:
        """Find the sentences of reports published by ``today`` that speak of a topic as typed.

        Where none names all of it, what no passage names is left out, then what is commonest,
        until one does.
        """
        found = self._kept.get((text, today))
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[text, today] = self._about(text, today)
        return found

    def quote(self, sentence: Sentence) -> Quote:
        """Cite a sentence with its statements and notes."""
        report = self._read(sentence.report_id, sentence.revision)
        return Quote(
            start=sentence.start,
            end=sentence.end,
            text=sentence.of(report.text),
            report_id=report.id,
            revision=report.revision,
            publisher=report.publisher,
            title=report.title,
            published=report.published,
            url=report.url,
            score=0.0,
            statements=sentence.statements,
            footnotes=footnotes(report, sentence),
        )

    def _about(self, text: str, today: date) -> Found:
        topic = topic_of(text, today=today, lexicon=self._lexicon, words=self._words)
        voices = [voice_of(key, self._lexicon) for key in topic.voices]
        named = tuple(dict.fromkeys(voice.name for voice in voices))
        known = [one for one in topic.things if one.known]
        for count in range(len(known), 0, -1):
            found = self._naming(known[:count], today)
            if voices:
                lexicon = self._lexicon
                found = [one for one in found if any(v.says(one, lexicon) for v in voices)]
            if found:
                left_out = tuple(one.name for one in topic.things if one not in known[:count])
                return Found(topic=topic, sentences=tuple(found), voices=named, left_out=left_out)
        return Found(topic=topic, sentences=(), voices=named)

    def named(self, typed: str) -> list[Voice]:
        """Return who may be meant by a name as typed, who says most first."""
        return self._voices().named(typed)

    def said(self, voice: Voice, about: str, today: date) -> Said:
        """Return what a voice says in reports published by ``today``, newest first.

        Without a topic (``about``) only the newest passages are read.
        """
        if about:
            found = self.about(about, today)
            window = found.topic.window
            dated = (one for one in found.sentences if window.holds(one.published))
            spoken = self._spoken(voice, dated)
            return Said(voice=voice, sentences=spoken, topic=found.name, left_out=found.left_out)
        ids = self._voices().passages(voice, today)
        spoken = self._spoken(voice, _sentences(self._passages.texts(ids[:_NEWEST])))
        return Said(voice=voice, sentences=spoken, whole=len(ids) <= _NEWEST)

    def _spoken(self, voice: Voice, sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
        """Return the sentences of a voice, with what others say in them left out of who speaks."""
        spoken = []
        for one in sentences:
            own = tuple(said for said in one.statements if voice.is_of(said, self._lexicon))
            if own:
                spoken.append(replace(one, statements=own))
        spoken.sort(key=lambda one: (_newest_first(one), one.report_id, one.start))
        return tuple(one for one, _ in distinct(spoken))

    def _voices(self) -> Voices:
        if self._everybody is None:
            self._everybody = Voices(self._passages.texts(), self._lexicon)
        return self._everybody

    def _naming(self, things: Sequence[Thing], today: date) -> list[Sentence]:
        """Return the sentences that name all of some things, the rarest first."""
        words = [(form.rarest, 1.0) for form in things[0].forms]
        top = self._words.count() or 1
        hits = self._words.search(words, top=top, window=Window(last=today))
        passages = self._passages.texts(sorted(hit.id for hit in hits))
        found = []
        for one in _sentences(passages):
            stems = spaced(self._words.stems(one.text))
            if all(thing.named_in(stems, one.text) for thing in things):
                found.append(one)
        return found


def _sentences(passages: Iterable[PassageText]) -> Iterator[Sentence]:
    for passage in passages:
        for one in passage.sentences:
            yield Sentence(
                start=one.start,
                end=one.end,
                text=passage.slice(one),
                report_id=passage.report_id,
                revision=passage.revision,
                published=passage.published,
                kind=one.kind,
                statements=one.statements,
                days=one.days,
            )


def _newest_first(sentence: Sentence) -> int:
    return -(sentence.published or date.min).toordinal()
