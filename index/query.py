"""What a question asks: its words, days, sources, kinds of answer, and what it leaves unsaid.

Pure and quick: no model and no store, about a millisecond a question.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003  (resolved at run time by readers of the annotations)
from typing import TYPE_CHECKING, Final

from index.datewords import names_days
from index.followups import MOST_HISTORY, PERSONAL, context_of, leans
from index.parts import Part, parts_of
from index.periods import Period, PeriodKind
from index.questionwords import Recency, Want, language, recency, stopped, wants
from index.readings import read
from index.terms import Terms, joined, scaled
from index.wordlists import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.followups import Context
    from index.items import Item
    from index.lexicon import Lexicon
    from index.readings import Reading
    from index.voices import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as understood.

    Args:
        text: the question on one line, misspelt names corrected, about 1,000 characters at most.
        standalone: the same with what a follow-up leaves to the questions before it.
        asked_on: the day it is asked; days named are seen from it.
        own_terms: words to search for, each with a weight of at most 1.
        context_terms: words from earlier questions (and quotes), lighter than its own.
        events: the days asked about; those of an earlier question with half their confidence.
        recency: whether the newest state or a sum up to now is asked for.
        impossible_dates: words that name days that don't exist.
        speakers: lexicon keys of the people and bodies whose words are asked for; an office is
            followed by its holders.
        sides: lexicon keys of sides any mouth of which is asked.
        source_words: the words by which the question calls its sources.
        entities: lexicon keys of everything else it names.
        context_entities: lexicon keys that only earlier questions name.
        publishers: publishers named, as the lexicon writes them.
        wants: kinds of answer asked for.
        parts: two or more parts where several things are asked, else none.
        language: "en" or another code; see ``questionwords.language``.
        follows: True where the question can't be understood without those before it.
    """

    text: str
    standalone: str
    asked_on: date
    own_terms: Terms = ()
    context_terms: Terms = ()
    events: tuple[Period, ...] = ()
    recency: Recency | None = None
    impossible_dates: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    source_words: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    context_entities: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    wants: frozenset[Want] = frozenset()
    parts: tuple[Part, ...] = ()
    language: str = "en"
    follows: bool = False

    @property
    def terms(self) -> Terms:
        """All words to search for: its own and its context's."""
        return joined(self.own_terms, self.context_terms)

    @property
    def empty(self) -> bool:
        """Nothing to search for and no day either."""
        return not self.own_terms and not self.context_terms and not self.only_date

    @property
    def only_date(self) -> bool:
        """Days, and no word of a subject but those of any report."""
        dated = bool(self.events or self.impossible_dates)
        subject = any(word not in _OF_ANY_REPORT for word, _ in self.own_terms)
        return dated and not subject and not self.context_terms


def understand(
    question: str, *, asked_on: date, history: Sequence[str] = (), lexicon: Lexicon
) -> Query:
    """Read a question asked on a day after earlier ones, oldest first; never raises for odd text.

    Only the last few earlier questions count, and only where this one needs them.
    """
    own = read(question, asked_on, lexicon)
    before = [read(one, asked_on, lexicon) for one in history[-MOST_HISTORY:] if one.strip()]
    context = context_of(own, before, lexicon) if before and leans(own, lexicon) else None
    return _query(own, context, asked_on, lexicon)


def _query(own: Reading, context: Context | None, asked_on: date, lexicon: Lexicon) -> Query:
    text = own.text.lower()
    resolved = [_resolved(voice, context) for voice in own.voices]
    spoken = {item.start for voice in own.voices for item in own.words if _inside(item, voice)}
    asked: set[Want] = set(wants(text))
    if own.voices:
        asked.add(Want.STATEMENT)
    return Query(
        text=own.text,
        standalone=_standalone(own, context, lexicon),
        asked_on=asked_on,
        own_terms=own.terms,
        context_terms=context.terms if context else (),
        events=_events(own, context, text, asked_on),
        recency=recency(text),
        impossible_dates=tuple(span.of(own.text) for span in own.days.impossible),
        speakers=tuple(dict.fromkeys(key for voice in resolved for key in voice.speakers)),
        sides=tuple(dict.fromkeys(key for voice in resolved for key in voice.sides)),
        source_words=tuple(dict.fromkeys(word for voice in own.voices for word in voice.words)),
        entities=tuple(
            dict.fromkeys(
                item.mention.key
                for item in own.words
                if item.mention is not None and item.start not in spoken
            )
        ),
        context_entities=tuple(dict.fromkeys(one.key for one in context.mentions))
        if context
        else (),
        publishers=own.publishers,
        wants=frozenset(asked),
        parts=parts_of(own, resolved, asked_on, lexicon),
        language=language(own.text),
        follows=context is not None,
    )


def _inside(item: Item, voice: Voice) -> bool:
    return voice.start <= item.start < voice.end


def _resolved(voice: Voice, context: Context | None) -> Voice:
    """Put who "he" or "the ministry" is in place of a source that only context names."""
    if context is None or voice.speakers or voice.sides:
        return voice
    if voice.pronoun:
        for reading in context.readings:
            for earlier in reading.voices:
                if earlier.speakers or earlier.sides:
                    return replace(voice, speakers=earlier.speakers, sides=earlier.sides)
        return _antecedent(voice, context)
    side = context.side()
    if side and any(word.startswith("ministry") for word in voice.words):
        return replace(voice, speakers=(f"{side}.ministry_of_defense",))
    return voice


def _antecedent(voice: Voice, context: Context) -> Voice:
    """Name "he" by the person spoken of before, "they" by the side."""
    person, side = context.person(), context.side()
    if voice.pronoun in PERSONAL:
        return replace(voice, speakers=(person.key,)) if person else voice
    return replace(voice, sides=(side,)) if side else voice


_AFTER_THAT: Final = re.compile(r"\b(?:after|since) (?:that|this|then)\b|\b(?:later|afterwards?)\b")


def _events(own: Reading, context: Context | None, text: str, asked_on: date) -> tuple[Period, ...]:
    """Return the days asked about: the question's own, else those before it, as less certain."""
    if own.days.periods or context is None:
        return tuple(_as_reference(own.text, period) for period in own.days.periods)
    earlier = next((one.days.periods for one in context.readings if one.days.periods), ())
    carried = [replace(period, confidence=period.confidence / 2) for period in earlier]
    if carried and _AFTER_THAT.search(text):
        first = carried[-1]
        last = max(first.last, asked_on)
        carried = [replace(first, last=last, kind=PeriodKind.OPEN)]
    return tuple(carried)


_YARDSTICK: Final = re.compile(
    r"\b(?:compar\w+ (?:with|to)|than|unlike|versus|vs)\W+(?:(?:in|the|on|during) )*$",
    re.IGNORECASE,
)


def _as_reference(text: str, period: Period) -> Period:
    """Lessen days that are only compared with: what is asked about lies elsewhere."""
    if _YARDSTICK.search(text[max(0, period.start - 32) : period.start]) is None:
        return period
    return replace(period, confidence=period.confidence / 3)


_HE: Final = re.compile(r"\b(he|him|she)\b", re.IGNORECASE)


def _standalone(own: Reading, context: Context | None, lexicon: Lexicon) -> str:
    """Return the question with "he" named and the earlier subject's words behind it."""
    if context is None:
        return own.text
    person = context.person()
    text = own.text
    if person is not None:
        text = _HE.sub(lexicon.name(person.key).rpartition(" ")[2], text, count=1)
    return f"{text} ({' '.join(context.words)})" if context.words else text


_OF_ANY_REPORT: Final = word_set(
    "between brief briefing daily developments digest events headlines highlights important key"
    " main new news overview points recap report reports summary takeaway takeaways update updates"
)

_NAME: Final = re.compile(r"\b[^\W\d_]{2,}(?:-[^\W\d_]+)*")
_FULL_NAME: Final = re.compile(r"\b([A-Z][\w\u2019'-]+) (?=([A-Z][\w\u2019'-]+))")
_MOST_NAMES: Final = 8
_NAME_WEIGHT: Final = 0.2
_QUOTE_READ: Final = 2_000


def with_previous(query: Query, quotes: Sequence[str], lexicon: Lexicon) -> Query:
    """Add what the earlier answer's quotes lend, where a question needs it.

    Their names are light context; "he", where no question names him, is the first person of the
    best quote that the questions don't name.

    Args:
        query: a question as understood.
        quotes: texts quoted in answer to the question before, best first.
        lexicon: knows given names.
    """
    if not query.follows or not quotes:
        return query
    meant = _person(quotes[0], query, lexicon) if _HE.search(query.standalone) else None
    if meant is not None:
        query = replace(
            query,
            standalone=_HE.sub(meant, query.standalone, count=1),
            context_terms=joined(query.context_terms, ((meant.lower(), 1.0),)),
        )
    names = Counter(
        name.lower()
        for quote in quotes
        for name in _NAME.findall(quote[:_QUOTE_READ])
        if name[0].isupper() and not stopped(name.lower()) and not names_days(name.lower())
    )
    light = tuple((name, _NAME_WEIGHT) for name, _ in names.most_common(_MOST_NAMES))
    known = {word for word, _ in query.own_terms}
    return replace(
        query, context_terms=joined(query.context_terms, scaled(light, 1.0, without=known))
    )


def _person(quote: str, query: Query, lexicon: Lexicon) -> str | None:
    """Return the surname of the first person in a quote whom the questions don't name."""
    asked = query.standalone.casefold()
    for name in _FULL_NAME.finditer(quote[:_QUOTE_READ]):
        given, surname = name.groups()
        if given in lexicon.given and surname.casefold() not in asked:
            return str(surname)
    return None
