"""Questions as people type them."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.lexicon import Lexicon, load
from index.periods import PeriodKind
from index.query import Query, understand, with_previous

TODAY = date(2025, 4, 14)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load()


@pytest.fixture(scope="module")
def ask(lexicon: Lexicon) -> Ask:
    return Ask(lexicon)


class Ask:
    """``understand`` with the shipped lexicon on one day."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __call__(self, question: str, *history: str, on: date = TODAY) -> Query:
        return understand(question, asked_on=on, history=history, lexicon=self.lexicon)


def weights(query: Query) -> dict[str, float]:
    return dict(query.terms)


@pytest.mark.parametrize(
    ("question", "speakers", "sides"),
    [
        ("what did Russia say about the buffer zone", (), ("russia",)),
        ("what did peskov say about the truce", ("peskov",), ()),
        ("according to kyiv, who shelled the market", (), ("ukraine",)),
        ("who shelled the market according to zakharova?", ("zakharova",), ()),
        ("who does lavrov say started it", ("lavrov",), ()),
        ("how many drones does the ukrainian air force claim it downed", None, ()),
        ("how did rutte react to the vote", ("rutte",), ()),
        ("how do the Russians explain the fire at the depot", (), ("russia",)),
        ("did belousov say recruits would go home", ("belousov",), ()),
        ("what reason did orban give for his veto", ("orban",), ()),
        ("what does ISW assess about the salient", (), ("publisher",)),
        ("does isw buy the claim", (), ("publisher",)),
        ("is it true that lavrov called the plan empty", ("lavrov",), ()),
        ("what is moscow's line on the mission", (), ("russia",)),
        ("what did the russian general gerasimov order", ("gerasimov",), ()),
        ("where does nato stand on elections", (), ("nato",)),
        ("what did lavrovs aide admit", (), ("russia",)),
        ("has belarus denied moving troops", (), ("belarus",)),
        ("what do milbloggers think of the new law", (), ("milbloggers",)),
        ("lukashenko says the missiles are there, is that so", ("lukashenko",), ()),
        ("Macron's reaction to the offer", ("macron",), ()),
        ("per the russian MoD, how many shells fell", ("russia.ministry_of_defense",), ()),
    ],
)
def test_the_source_asked_for(
    ask: Ask, question: str, speakers: tuple[str, ...] | None, sides: tuple[str, ...]
) -> None:
    query = ask(question)
    if speakers is None:
        assert query.speakers
    else:
        assert query.speakers == speakers
    assert query.sides == sides
    assert "statement" in query.wants


@pytest.mark.parametrize(
    "question",
    [
        "how many tanks did Russia lose near Siversk",
        "which town did ukraine take back in august",
        "who replaced Gerasimov in the south",
        "how did general Kovalenko die",
        "what happened to putin's yacht",
        "did the russians seize a hill on sunday",
        "where did belarus open its consulate",
        "who visited Peskov",
        "how many marchers did police beat in minsk",
    ],
)
def test_who_is_merely_named_is_no_source(ask: Ask, question: str) -> None:
    query = ask(question)
    assert (query.speakers, query.sides) == ((), ())
    assert "statement" not in query.wants


def test_an_office_stands_before_its_holders(ask: Ask) -> None:
    query = ask("what did ukraines foreign minister say about grain")
    assert query.speakers[0] == "ukraine.foreign_minister"
    assert len(query.speakers) > 1


def test_a_source_the_lexicon_lacks_is_known_by_its_words(ask: Ask) -> None:
    query = ask("what did brigadier Tomczakowicz say about the ford")
    assert query.speakers == ()
    assert "tomczakowicz" in query.source_words
    assert "statement" in query.wants


def test_entities_are_what_is_spoken_of(ask: Ask) -> None:
    query = ask("what did Peskov say about Macron and Odesa")
    assert query.speakers == ("peskov",)
    assert set(query.entities) == {"macron", "odesa"}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("what did podolak say", "what did Podolyak say"),
        ("fighting in lugansk oblast", "fighting in Luhansk Oblast"),
        ("is khersons mayor alive", "is kherson's mayor alive"),
        ("is put\u00adin well", "is putin well"),
        ("  what\tdid\n\nputin   say ", "what did putin say"),
        ("<b>what</b> did putin say", "what did putin say"),
        ("what did\x07putin\u200b say\x00", "what did putin say"),
    ],
)
def test_the_text_is_put_right(ask: Ask, question: str, text: str) -> None:
    assert ask(question).text == text


def test_ordinary_words_are_never_put_right(ask: Ask) -> None:
    text = "how many more soldiers were forced across the water during the winter order"
    assert ask(text).text == text


def test_terms_hold_what_was_typed_and_other_spellings(ask: Ask) -> None:
    found = weights(ask("does podolak want peace keepers in lugansk?"))
    assert found["podolyak"] == 1.0
    assert found["luhansk"] == 1.0
    assert 0.0 < found["peacekeepers"] <= 1.0
    assert not {"does", "want", "in"} & set(found)


def test_words_of_dates_are_no_terms(ask: Ask) -> None:
    found = weights(ask("how many raids on the night of april 3 in the last week of march"))
    assert set(found) == {"raids"}


def test_split_words_are_joined_and_everyday_words_translated(ask: Ask) -> None:
    found = weights(ask("were kids hurt at the steel works"))
    assert found["steelworks"] < 1.0
    assert found["children"] < found["kids"]
    assert "injured" in found


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("how many boats sank", {"number"}),
        ("what share of the grid is down", {"number"}),
        ("who leads the corps", {"person"}),
        ("which general was sacked", {"person"}),
        ("where is the brigade now", {"place"}),
        ("when will the talks resume", {"time"}),
        ("why did the talks fail", {"reason"}),
        ("did the bridge fall", {"yes_no"}),
        ("how do the two counts differ", {"comparison"}),
        ("which towns fell, and who took them", {"list", "place", "person"}),
        ("tell me about the bridge", set()),
    ],
)
def test_the_kind_of_answer_wanted(ask: Ask, question: str, wanted: set[str]) -> None:
    assert ask(question).wants == wanted


def test_relative_clauses_ask_nothing(ask: Ask) -> None:
    query = ask("how many soldiers who fled when the bridge fell came back")
    assert query.wants == {"number"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("latest on the reactor", "latest"),
        ("is the bridge still standing", "latest"),
        ("how many boats were lost so far", "so far"),
        ("how many boats were lost in may", None),
    ],
)
def test_recency(ask: Ask, question: str, expected: str | None) -> None:
    assert ask(question).recency == expected


def test_days_asked_about(ask: Ask) -> None:
    query = ask("what burned on april 3 and what burned yesterday")
    assert [event.first for event in query.events] == [date(2025, 4, 3), date(2025, 4, 13)]


def test_days_that_are_only_compared_with_weigh_less(ask: Ask) -> None:
    (asked,) = ask("how much shelling was there last summer").events
    (compared,) = ask("how does shelling compare with last summer").events
    assert compared.confidence < asked.confidence


def test_impossible_days(ask: Ask) -> None:
    query = ask("what did putin say on february 30")
    assert query.impossible_dates == ("february 30",)
    assert query.events == ()
    assert query.speakers == ("putin",)


def test_publishers_named(ask: Ask) -> None:
    assert ask("what does isw assess, and CTP?").publishers == ("ISW", "CTP")
    assert ask("what does nato assess").publishers == ()


def test_each_side_is_two_parts(ask: Ask) -> None:
    query = ask("what did each side say about the dam")
    assert query.sides == ("ukraine", "russia")
    assert [part.sides for part in query.parts] == [("ukraine",), ("russia",)]
    assert query.parts[1].text == "what did Russia say about the dam"


def test_two_sources_are_two_parts(ask: Ask) -> None:
    query = ask("How did Kallas and Orban differ on the loan?")
    assert [part.speakers for part in query.parts] == [("kallas",), ("orban",)]
    assert query.parts[0].text == "How did Kallas differ on the loan?"


def test_two_questions_are_two_parts(ask: Ask) -> None:
    query = ask("how many died at the depot, and what figure does Poland give?")
    assert [part.text for part in query.parts] == [
        "how many died at the depot",
        "what figure does Poland give?",
    ]
    assert query.parts[1].sides == ("poland",)


@pytest.mark.parametrize(
    "question",
    [
        "in that poll, what share wanted talks",
        "what did Kallas say about fuel and grain",
        "as things stand, when do the talks resume",
    ],
)
def test_one_question_has_no_parts(ask: Ask, question: str) -> None:
    assert ask(question).parts == ()


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("and the children?", "how many died at the depot in Odesa"),
        ("what about their boats", "how many tanks did Ukraine lose"),
        ("why did he leave?", "has the mayor of Melitopol left town"),
        ("did she stick to that", "what did Zakharova promise about grain"),
        ("how many agreed", "who asked the inmates of Rostov to join"),
        ("which countries were left out", "who inspects the reactor"),
        ("why?", "did Russia hit the port of Odesa"),
        ("how many drones did they use", "what did the russians bomb in Odesa"),
        ("what did Kallas name it", "what is the new fund for Ukraine"),
        ("which missiles did he ask Iran for", "did Shoigu fly to Tehran"),
    ],
)
def test_a_question_that_leans_on_the_one_before(ask: Ask, question: str, history: str) -> None:
    query = ask(question, history)
    assert query.follows
    assert query.context_terms
    assert query.standalone.startswith(query.text[:3])
    assert query.standalone != query.text
    heaviest = max(weight for _, weight in query.context_terms)
    assert all(heaviest < weight for _, weight in query.own_terms if weight == 1.0)


@pytest.mark.parametrize(
    "question",
    [
        "what did Macron say about the port of Odesa",
        "how many drones did Iran sell under its pact with Moscow",
        "who replaced Gerasimov in the south",
        "did the mayor of Odesa keep his promise to Kyiv",
        "how many boats did Ukraine lose after they left Odesa",
        "is it true that Kallas resigned",
    ],
)
def test_a_whole_question_takes_nothing_from_history(ask: Ask, question: str) -> None:
    query = ask(question, "why was the mayor of Melitopol shot")
    assert not query.follows
    assert query.context_terms == ()
    assert query.standalone == query.text


def test_he_is_whom_the_question_before_named(ask: Ask) -> None:
    query = ask("what did he say about it", "did Lavrov comment on the raid")
    assert query.speakers == ("lavrov",)
    assert "Lavrov" in query.standalone
    assert "lavrov" in query.context_entities


def test_they_are_the_side_that_was_named(ask: Ask) -> None:
    query = ask("and what did they say about it", "what did the russians bomb in Odesa")
    assert (query.speakers, query.sides) == ((), ("russia",))


def test_the_ministry_is_that_of_the_side_before(ask: Ask) -> None:
    query = ask("how did the ministry justify the sacking?", "who leads the Russian war effort")
    assert query.speakers == ("russia.ministry_of_defense",)


def test_days_are_carried_over_as_less_certain(ask: Ask) -> None:
    (first,) = ask("how many died in the crash on april 2").events
    (carried,) = ask("and how many were rescued?", "how many died in the crash on april 2").events
    assert (carried.first, carried.last) == (first.first, first.last)
    assert carried.confidence < first.confidence
    (later,) = ask("what became of him after that?", "what did Peskov say on april 2").events
    assert (later.first, later.last, later.kind) == (date(2025, 4, 2), TODAY, PeriodKind.OPEN)


def test_own_days_replace_those_before(ask: Ask) -> None:
    (only,) = ask("and on april 8?", "how many drones came on april 2").events
    assert only.first == date(2025, 4, 8)


def test_a_chain_of_follow_ups_reaches_back(ask: Ask) -> None:
    query = ask("how many?", "did chechnya send volunteers", "and what were they paid")
    found = dict(query.context_terms)
    assert found["volunteers"] < found["paid"]


def test_names_of_the_answer_before_are_light_context(ask: Ask) -> None:
    query = ask("so who would he rather have had", "who leads the airborne troops")
    quotes = ("Moscow named General Ostrowicz on April 3. Ostrowicz served in Pskov.",)
    found = dict(with_previous(query, quotes, ask.lexicon).context_terms)
    assert 0.0 < found["ostrowicz"] < found["airborne"]
    assert "april" not in found


def test_a_whole_question_takes_nothing_from_the_answer_before(ask: Ask) -> None:
    query = ask("what did Macron say about Odesa")
    assert with_previous(query, ("General Ostrowicz spoke.",), ask.lexicon) is query


def test_he_is_the_person_of_the_answer_before_whom_no_question_names(ask: Ask) -> None:
    quotes = ("Vice Admiral Pyotr Zaslonov replaced Admiral Igor Brand on April 3.", "He left.")
    query = ask("how long did he stay in Pskov?", "what did Macron say about the fleet")
    known = with_previous(query, quotes, ask.lexicon)
    assert known.standalone.startswith("how long did Macron stay")
    query = ask("how long did he serve in Pskov?", "who replaced the head of the fleet")
    found = with_previous(query, quotes, ask.lexicon)
    assert found.standalone.startswith("how long did Zaslonov serve in Pskov?")
    assert dict(found.context_terms)["zaslonov"] == 1.0


@pytest.mark.parametrize("question", ["", "   ", "???", "what is it about?", "the of and"])
def test_nothing_but_stop_words_is_empty(ask: Ask, question: str) -> None:
    query = ask(question)
    assert query.empty
    assert query.terms == ()
    assert not query.only_date


def test_a_date_alone(ask: Ask) -> None:
    for question in ("april 3", "what happened on april 3?", "february 30", "news of last week"):
        query = ask(question)
        assert query.only_date
        assert not query.empty
    assert not ask("and on the 12th?", "how many drones came on april 11").only_date


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("what did Peskov say", "en"),
        ("що сказав Зеленський про їжу", "uk"),
        ("что мы знаем", "ru"),
        ("был ли взрыв", "ru"),
        ("как дела", "und-Cyrl"),
        ("什么时候", "und-Hani"),
        ("was hat der Minister über die Brücke gesagt und warum", "de"),
        ("pourquoi est-ce que les ponts sont dans le fleuve", "fr"),
        ("Kharkiv", "en"),
        ("123", "en"),
    ],
)
def test_language(ask: Ask, question: str, code: str) -> None:
    assert ask(question).language == code


HOSTILE = st.one_of(
    st.text(st.characters(codec=None), max_size=200),
    st.lists(
        st.sampled_from(
            [
                *("what", "did", "he", "say", "and", "according to", "russia", "each side"),
                *("on april 3", "last week", "kyiv"),
                "'; DROP TABLE reports; --",
                "<script>alert(1)</script>",
                "ignore all previous instructions",
                "\ud800",
                "february 30",
                "putin's",
                "?",
                ",",
                "$(rm -rf /)",
            ]
        ),
        max_size=30,
    ).map(" ".join),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(question=HOSTILE, history=st.lists(HOSTILE, max_size=3), day=st.dates())
def test_no_question_breaks_it(
    lexicon: Lexicon, question: str, history: list[str], day: date
) -> None:
    query = understand(question, asked_on=day, history=history, lexicon=lexicon)
    assert len(query.text) <= 1_100
    assert len(query.terms) <= 80
    assert all(word and 0.0 < weight <= 1.0 for word, weight in query.terms)
    assert query.text.isprintable()
    assert with_previous(query, history, lexicon).own_terms == query.own_terms


@pytest.mark.parametrize(
    "piece", ["a", "what did putin say, and ", "\ud800", "что ", "april 3 ", "<a", "qwertz jkloe "]
)
def test_ten_thousand_characters_take_bounded_time(ask: Ask, piece: str) -> None:
    question = (piece * 10_000)[:10_000]
    began = time.perf_counter()
    query = ask(question, question, question)
    assert time.perf_counter() - began < 2.0
    assert len(query.text) <= 1_100
