from __future__ import annotations

import pytest

from bot.topics import Match, TopicMatcher, speaks_of


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Officials rejected any peacekeeping force.", "peacekeepers"),
        ("Russian air defenses shot down drones.", "air defence"),
        ("Crews in Zaporizhzhia restored power.", "zaporizhia"),
        ("The GRAIN exports rose.", "grain export"),
        ("The United Nations met.", "nations of the united"),
    ],
)
def test_forms_and_spellings_of_a_topic_are_found(text: str, topic: str) -> None:
    assert speaks_of(text, topic)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("The airport reopened.", "air"),
        ("The military attaché left.", "attack"),
        ("Air traffic resumed.", "air defense"),
        ("", "grain"),
        ("Grain.", "…"),
    ],
)
def test_other_words_are_not(text: str, topic: str) -> None:
    assert not speaks_of(text, topic)


def test_meaning_counts_beside_words_and_says_so() -> None:
    closeness = {("war", "Shelling went on."): 0.6, ("war", "Grain rose."): 0.1}
    matcher = TopicMatcher(
        meaning=lambda topics, texts: [
            [closeness.get((topic, text), 0.0) for topic in topics] for text in texts
        ]
    )
    found = matcher(("war", "grain"), ("Shelling went on.", "Grain rose.", "Nothing."))
    assert found == [
        (Match(topic="war", by="meaning"),),
        (Match(topic="grain", by="words"),),
        (),
    ]


def test_without_topics_nothing_is_matched_and_no_model_asked() -> None:
    def never(topics: object, texts: object) -> list[list[float]]:
        raise AssertionError((topics, texts))

    assert TopicMatcher(meaning=never)((), ("a", "b")) == [(), ()]
