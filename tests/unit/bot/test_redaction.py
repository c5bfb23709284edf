"""The log never holds the token nor what people wrote."""

from __future__ import annotations

import io
import logging

from bot.redaction import HideSecret, outline

SECRET = "123:secret-token"


def test_the_secret_is_hidden_wherever_a_record_carries_it() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(HideSecret(SECRET))
    log = logging.getLogger("test.redaction")
    log.propagate = False
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    log.info("POST %s", f"http://127.0.0.1/bot{SECRET}/getMe")
    log.info("plain %s", "text")
    try:
        int(f"token {SECRET}")
    except ValueError:
        log.exception("failed with %s", SECRET)
    text = written.getvalue()
    assert SECRET not in text
    assert "POST http://127.0.0.1/bot[hidden]/getMe\nplain text\nfailed with [hidden]\n" in text
    assert "ValueError: invalid literal for int() with base 10: 'token [hidden]'" in text


def test_an_outline_says_where_and_nothing_of_what() -> None:
    def inner() -> None:
        raise KeyError("private words")

    try:
        try:
            inner()
        except KeyError as error:
            raise RuntimeError("private words too") from error
    except RuntimeError as error:
        said = outline(error)
    assert "private" not in said
    assert said.startswith("RuntimeError at test_redaction.py:")
    assert "from KeyError at test_redaction.py:" in said
    assert "inner" in said
    assert outline(ValueError("private")) == "ValueError at no place"
