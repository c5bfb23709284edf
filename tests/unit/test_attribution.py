"""Who said what: sentences written for these tests, in the shape of campaign assessments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.attribution import attribute
from index.lexicon import load
from index.model import Block, BlockKind, ParsedReport, Span, Statement
from index.sentences import sentences

LEXICON = load()
PUBLISHED = date(2025, 1, 3)
NIR = "Northgate Institute"


def report(
    text: str, published: date | None = PUBLISHED, publisher: str | None = NIR
) -> ParsedReport:
    return ParsedReport(
        publisher=publisher,
        publisher_confirmed=True,
        title=None,
        authors=(),
        published=published,
        url=None,
        language="en",
        text=text,
    )


def told(text: str, published: date | None = PUBLISHED) -> list[tuple[Statement, ...]]:
    """Attribute a text of one paragraph a line, and return its sentences' statements in a row."""
    paragraphs, start = [], 0
    for line in text.split("\n"):
        paragraphs.append(sentences(text, Span(start=start, end=start + len(line))))
        start += len(line) + 1
    found = attribute(report(text, published), paragraphs, LEXICON)
    assert [len(one) for one in found] == [len(one) for one in paragraphs]
    return [statements for paragraph in found for statements in paragraph]


def said(text: str) -> list[tuple[str | None, str | None, str]]:
    """Return speaker, side and cue of the last sentence's statements."""
    return [(one.speaker, one.side, one.cue) for one in told(text)[-1]]


def speakers(text: str) -> list[tuple[str | None, str | None]]:
    return list(dict.fromkeys((speaker, side) for speaker, side, _ in said(text)))


# --- source and verb ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "speaker", "side", "cue"),
    [
        (
            "The Ukrainian General Staff reported that two boats sank near Ochakiv.[3]",
            "Ukrainian General Staff",
            "ukraine",
            "reported",
        ),
        (
            "Russian milbloggers claimed the bridge held.",
            "Russian milbloggers",
            "milbloggers",
            "claimed",
        ),
        (
            "Unnamed US officials told Reuters that the shipment left on Monday.",
            "Unnamed US officials",
            "us",
            "told",
        ),
        (
            "The Russian Ministry of Defense (MoD) has repeatedly denied the loss.",
            "Russian Ministry of Defense (MoD)",
            "russia",
            "denied",
        ),
        (
            "The barges reached Kherson by dawn, according to Ukrainian officials.",
            "Ukrainian officials",
            "ukraine",
            "according to",
        ),
        (
            "The story was denied on Tuesday by Kremlin Spokesperson Dmitry Peskov.",
            "Dmitry Peskov",
            "russia",
            "denied",
        ),
        (
            "\u201cThe ferry will sail,\u201d said Ukrainian President Volodymyr Zelensky.",
            "Volodymyr Zelensky",
            "ukraine",
            "said",
        ),
        (
            "The Russian-appointed head of the Kherson Administration, Vladimir Saldo, said no.",
            "Vladimir Saldo",
            "occupation",
            "said",
        ),
        (
            "Girkin, who once led a militia, complained that nobody mends the trucks.",
            "Igor Girkin",
            "milbloggers",
            "complained",
        ),
        (
            "Putin, in a long interview, stated that he had time.",
            "Vladimir Putin",
            "russia",
            "stated",
        ),
        (
            "Shelling went on, with the Ukrainian General Staff claiming that it hit three depots.",
            "Ukrainian General Staff",
            "ukraine",
            "claiming",
        ),
        (
            "Mayor of Stepova Yuriy Hrabenko warned that water is short.",
            "Yuriy Hrabenko",
            None,
            "warned",
        ),
        (
            "The Ukrainian Main Intelligence Directorate (GUR) went on to warn of drones.",
            "Ukrainian Main Intelligence Directorate (GUR)",
            "ukraine",
            "warn",
        ),
        (
            "The Kremlin said it would wait.",
            "The Kremlin",
            "russia",
            "said",
        ),
        (
            "Kyiv said it would wait.",
            "Kyiv",
            "ukraine",
            "said",
        ),
    ],
)
def test_forms_of_source_and_verb(sentence: str, speaker: str, side: str | None, cue: str) -> None:
    assert (speaker, side, cue) in said(sentence)
    assert speakers(sentence)[0] == (speaker, side)


@pytest.mark.parametrize(
    "sentence",
    [
        "Russian forces continued attacks near Soledar on January 2.",
        "The reported losses grew.",
        "Putin did not say when the talks begin.",
        "The Russian MoD has not confirmed the loss.",
        "The claimed territory lies east of the river.",
        "Ukrainian forces called in artillery.",
        "Many member states sent generators.",
        "Footage posted on January 2 shows a damaged crane.",
        "Russian forces ordered residents to leave.",
        "Residents of Kharkiv are expressing fear.",
    ],
)
def test_deeds_and_silence_are_no_statements(sentence: str) -> None:
    assert said(sentence) == []


# --- two parties -------------------------------------------------------------------------------


def test_a_denial_of_anothers_claims_is_two_statements() -> None:
    found = said(
        "Luhansk Oblast Head Serhiy Haidai denied Eduard Basurin\u2019s claims of a retreat."
    )
    assert found == [
        ("Serhiy Haidai", "ukraine", "denied"),
        ("Eduard Basurin", "dnr", "claims"),
    ]


def test_two_sides_with_one_noun_are_two_speakers() -> None:
    found = speakers("Russian and Ukrainian sources reported shelling near Enerhodar.")
    assert found == [("Russian sources", "russia"), ("Ukrainian sources", "ukraine")]


def test_claim_and_counterclaim() -> None:
    found = speakers("The Russian MoD claimed a hit, but Ukrainian officials denied any damage.")
    assert found == [("Russian MoD", "russia"), ("Ukrainian officials", "ukraine")]


def test_a_name_with_and_in_it_is_one_speaker() -> None:
    found = speakers("The National Security and Defense Council warned of outages.")
    assert found == [("National Security and Defense Council", "ukraine")]


def test_one_person_with_two_roles_is_one_speaker() -> None:
    found = speakers(
        "Former commander and prominent milblogger Igor Girkin said the front is quiet."
    )
    assert found == [("Igor Girkin", "milbloggers")]


def test_a_claim_within_a_claim_has_both_speakers() -> None:
    found = speakers("TASS reported that Sergei Lavrov rejected the draft.")
    assert found == [("TASS", "russian_media"), ("Sergei Lavrov", "russia")]


# --- carried over ------------------------------------------------------------------------------


def test_a_surname_is_the_full_name_once_introduced() -> None:
    text = (
        "Russian Ministry of Foreign Affairs Ambassador-at-Large Rodion Miroshnik spoke.\n"
        "Nothing else happened.\n"
        "Miroshnik said the offer stands."
    )
    assert speakers(text) == [("Rodion Miroshnik", "russia")]


def test_an_unlisted_person_keeps_name_and_side() -> None:
    text = (
        "Belgorod Oblast Deputy Governor Taras Velichko announced a curfew. Velichko added that"
        " schools would close."
    )
    assert speakers(text) == [("Taras Velichko", "russia")]


def test_another_person_of_a_listed_surname_is_not_the_listed_one() -> None:
    text = "Russian deputy Anatoly Peskov stated that taxes rise. Peskov added that prices fall."
    assert speakers(text) == [("Anatoly Peskov", "russia")]


@pytest.mark.parametrize(
    ("first", "then", "speaker", "side"),
    [
        (
            "Ramzan Kadyrov claimed that his unit left.",
            "He also claimed that it will return.",
            "Ramzan Kadyrov",
            "chechnya",
        ),
        (
            "A Russian milblogger claimed that the road is cut.",
            "The milblogger added that the bridge stands.",
            "Russian milblogger",
            "milbloggers",
        ),
        (
            "Unnamed US officials said that talks began.",
            "The officials noted that they were brief.",
            "Unnamed US officials",
            "us",
        ),
        (
            "Unnamed US officials said that talks began.",
            "They also said that they were brief.",
            "Unnamed US officials",
            "us",
        ),
        (
            "The Ukrainian General Staff reported two attacks.",
            "The General Staff additionally reported a third.",
            "Ukrainian General Staff",
            "ukraine",
        ),
        (
            "The Ukrainian General Staff reported two attacks.",
            "It noted on January 2 that both failed.",
            "Ukrainian General Staff",
            "ukraine",
        ),
        (
            "The Belarusian Ministry of Defense announced a drill.",
            "The MoD stated that it will be short.",
            "Belarusian Ministry of Defense",
            "belarus",
        ),
        (
            "Finnish outlet Pohjola reported a fire.",
            "The report stated that nobody was hurt.",
            "Finnish outlet Pohjola",
            "finland",
        ),
    ],
)
def test_speakers_are_carried_to_the_next_sentence_and_paragraph(
    first: str, then: str, speaker: str, side: str
) -> None:
    for gap in (" ", "\n"):
        found = speakers(f"{first}{gap}{then}")
        assert found
        assert found[0][1] == side
        assert speaker.endswith(str(found[0][0])) or found[0][0] == speaker


def test_no_farther_than_the_paragraph_before() -> None:
    text = (
        "Ramzan Kadyrov claimed that his unit left.\nIt snowed.\nHe also claimed that it returned."
    )
    assert speakers(text) == []


def test_he_is_not_an_institution() -> None:
    assert speakers("The Ukrainian General Staff reported snow. He claimed that it thawed.") == []


def test_one_official_is_not_two_officials() -> None:
    text = "Two US officials confirmed the sale. The official said it was small."
    assert speakers(text) != [("US officials", "us")]


# --- the publisher's own judgement -------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("Russian forces will likely regroup near Tokmak.", "likely"),
        ("ISW assesses that the pause will be short.", "assesses"),
        ("We have previously reported on these barges.", "reported"),
        ("Sergei Lavrov\u2019s comments likely indicate a pause.", "likely"),
        ("Lavrov's statement suggests that talks may resume.", "suggests"),
        ("It is unclear who fired.", "unclear"),
    ],
)
def test_judgements_are_the_publishers(sentence: str, cue: str) -> None:
    assert said(sentence) == [(NIR, "publisher", cue)]


def test_a_caveat_behind_a_claim_is_the_publishers() -> None:
    found = said("A Russian source claimed a landing, although ISW cannot verify this.")
    assert found == [("Russian source", "russia", "claimed"), (NIR, "publisher", "verify")]


def test_an_inference_behind_a_claim_is_the_publishers() -> None:
    found = said("Ukrainian officials reported smoke at Dzhankoi, suggesting that a depot burns.")
    assert found == [
        ("Ukrainian officials", "ukraine", "reported"),
        (NIR, "publisher", "suggesting"),
    ]


def test_a_judgement_inside_a_claim_is_the_speakers() -> None:
    found = speakers(
        "The Ukrainian General Staff reported that Russian forces will likely regroup."
    )
    assert found == [("Ukrainian General Staff", "ukraine")]


def test_quoted_words_are_not_the_publishers_judgement() -> None:
    assert said("The poster read \u201clikely to rain\u201d in red.") == []


def test_the_month_of_may_is_no_judgement() -> None:
    assert said("The parade is on May 9.") == []


def test_without_a_publisher_the_judgement_has_no_name() -> None:
    text = "Russian forces will likely regroup."
    paragraphs = [[Span(start=0, end=len(text))]]
    ((statements,),) = attribute(report(text, publisher=None), paragraphs, LEXICON)
    assert [(one.speaker, one.side) for one in statements] == [(None, "publisher")]


# --- people whom no list knows -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "speaker", "side"),
    [
        (
            "Severin Maklak, the head of the Arctic desk at the Russian Foreign Ministry, said no.",
            "Severin Maklak",
            "russia",
        ),
        (
            "Joost Wervelaar, the state secretary at the Dutch Defense Ministry, said no.",
            "Joost Wervelaar",
            "netherlands",
        ),
        (
            "Severin Maklak, who heads a desk of the Russian MoD, told a paper that it rains.",
            "Severin Maklak",
            "russia",
        ),
        (
            "Odette Framery, who works on Ukraine for the European Union\u2019s customs, said no.",
            "Odette Framery",
            "eu",
        ),
        ("A lawmaker, Casimir Dolb, suggested Swiss or Danish crews.", "Casimir Dolb", None),
        ("Casimir Dolb, who has long blamed Ukraine, said that it rains.", "Casimir Dolb", None),
        ("Casimir Dolb said that it rains.", "Casimir Dolb", None),
        (
            "Brigadier Casimir Dolb, the cell\u2019s Danish deputy, said no.",
            "Casimir Dolb",
            "denmark",
        ),
        ("Odette Framery of the European Commission said no.", "Odette Framery", "eu"),
        ("The mayor was late, but Dolb said that it rains.", "Dolb", None),
    ],
)
def test_unknown_people_speak_by_their_names(sentence: str, speaker: str, side: str | None) -> None:
    assert speakers(sentence) == [(speaker, side)]


def test_the_ministry_is_the_one_named_last() -> None:
    text = (
        "The Russian Ministry of Foreign Affairs closed early.\n"
        "Ingrid Tveitane, the ministry\u2019s deputy spokesperson, said that it was hot."
    )
    assert speakers(text) == [("Ingrid Tveitane", "russia")]


def test_a_surname_goes_back_to_any_introduction() -> None:
    text = (
        "The Russian Ministry of Defense spoke through Severin Maklak, its desk head for"
        " European roads.\nIt snowed.\nMaklak said that roads close."
    )
    assert speakers(text) == [("Severin Maklak", "russia")]


@pytest.mark.parametrize("word", ["Weather", "Footage", "Everyone", "Tuesday", "Nobody"])
def test_ordinary_words_that_open_a_sentence_are_no_names(word: str) -> None:
    assert speakers(f"{word} said that the road is cut.") == []


def test_a_pronoun_means_the_nearest_person_though_unknown() -> None:
    text = (
        "Rodion Miroshnik said that talks go on. Ingrid Tveitane, a clerk, said that they ended."
        " She also claimed that tea was served."
    )
    assert speakers(text) == [("Ingrid Tveitane", None)]


def test_a_pronoun_never_reaches_behind_somebody_unread() -> None:
    text = "Rodion Miroshnik left. The cook from the long pier said that tea ran out. He said why."
    assert speakers(text) == []


def test_she_is_not_a_man() -> None:
    text = "Maria Zakharova spoke on. Sergei Lavrov said that it rains. She added that it snows."
    assert speakers(text) == [("Maria Zakharova", "russia")]


def test_he_may_be_somebody_without_a_name() -> None:
    text = "Lavrov left. A Ukrainian officer near Sumy said that it rains. He added that it pours."
    assert speakers(text) == [("Ukrainian officer", "ukraine")]


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("Lavrov called that idea \u201ca fire brigade.\u201d", "called"),
        ("Lavrov called the move \u201ca mistake.\u201d", "called"),
        ("The Pentagon declined to comment.", "declined"),
        ("Lavrov was asked twice and replied that he is busy.", "replied"),
        ("Lavrov suggested neutral observers.", "suggested"),
    ],
)
def test_other_words_of_saying(sentence: str, cue: str) -> None:
    assert [found for _, _, found in said(sentence)] == [cue]


@pytest.mark.parametrize(
    "sentence",
    [
        "A company called \u201cSail\u201d sells ropes.",
        "Men who had not received the promised pay left.",
        "No official said what the ferry would cost.",
        "Such ferries appear in old films.",
    ],
)
def test_what_only_looks_like_saying(sentence: str) -> None:
    assert said(sentence) == []


def test_the_subject_is_whoever_the_clause_tells_of() -> None:
    text = "A Russian blogger who often contradicts the ministry wrote that the dock is dry."
    assert speakers(text) == [("Russian blogger", "milbloggers")]
    assert speakers("A flutist who never met the ministry wrote that the dock is dry.") == []


# --- headings and judgements of others ---------------------------------------------------------


def test_headings_say_nothing() -> None:
    text = "What Moscow said\nMoscow said no."
    heading = Block(start=0, end=16, kind=BlockKind.HEADING)
    body = Block(start=17, end=len(text), kind=BlockKind.PARAGRAPH)
    paragraphs = [sentences(text, block) for block in (heading, body)]
    found = attribute(replace(report(text), blocks=(heading, body)), paragraphs, LEXICON)
    assert found[0] == [()]
    assert [one.side for one in found[1][0]] == ["russia"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Lavrov said on January 2 that tolls rise, though his ministry could look at a discount.",
        "Kyiv described a force that would stay far behind.",
        "The question is whether a ferry could sail.",
    ],
)
def test_a_modal_in_a_lesser_clause_is_not_the_publishers(sentence: str) -> None:
    assert "publisher" not in [side for _, side, _ in said(sentence)]


def test_the_publisher_goes_by_its_first_word() -> None:
    text = "Northgate cannot verify the loss. An official told Northgate that it sank."
    assert [one.side for one in told(text)[0]] == ["publisher"]
    assert [one.side for one in told(text)[1]] == [None]


# --- days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Lavrov said on January 2 that talks go on.", date(2025, 1, 2)),
        ("Lavrov said on December 31 that talks go on.", date(2024, 12, 31)),
        ("Lavrov on January 2 announced a visit.", date(2025, 1, 2)),
        ("On January 2, Lavrov announced a visit.", date(2025, 1, 2)),
        ("Lavrov said in an interview on January 1 that talks go on.", date(2025, 1, 1)),
        ("Lavrov said on March 3, 2022, that talks go on.", date(2022, 3, 3)),
        ("Lavrov said that talks began on January 2.", None),
        ("Lavrov said on February 30 that talks go on.", None),
        ("Lavrov said that talks go on.", None),
    ],
)
def test_the_day_is_that_of_the_saying(sentence: str, day: date | None) -> None:
    assert told(sentence)[0][0].date == day


def test_an_undated_report_gives_no_year() -> None:
    found = told("Lavrov said on January 2 that talks go on.", published=None)
    assert found[0][0].date is None
    found = told("Lavrov said on January 2, 2025, that talks go on.", published=None)
    assert found[0][0].date == date(2025, 1, 2)


# --- any input ---------------------------------------------------------------------------------

VOCABULARY = (
    "He They The Russian Ukrainian sources claimed that said on January 2 , . ( ) \u201c \u201d and"
    " Lavrov\u2019s comments by was with ISW likely Kherson officials milblogger who which"
)
WORDS = st.sampled_from(VOCABULARY.split())


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=30))
def test_no_order_of_words_breaks_it(words: list[str]) -> None:
    text = " ".join(words)
    for statements in told(text):
        for statement in statements:
            assert statement.cue == statement.cue.lower()
            assert statement.side is None or statement.side in LEXICON.sides
            assert statement.speaker is None or statement.speaker.strip() == statement.speaker


@given(st.text(max_size=200).filter(lambda text: "\n" not in text and bool(text.strip())))
def test_no_text_breaks_it(text: str) -> None:
    paragraphs = [sentences(text, Span(start=0, end=len(text)))]
    found = attribute(report(text), paragraphs, LEXICON)
    assert [len(one) for one in found] == [len(one) for one in paragraphs]


def test_nothing_to_attribute() -> None:
    assert attribute(report("x"), [], LEXICON) == []
    assert attribute(report("x"), [[]], LEXICON) == [[]]
