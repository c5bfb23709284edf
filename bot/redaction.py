"""Keeps secrets and people's words out of the log."""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath

_FRAMES = 4


class HideSecret(logging.Filter):
    """Writes ``[hidden]`` for a secret in every record of the handler it is added to."""

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record where it names the secret; never drop it."""
        message = record.getMessage()
        if self._secret in message:
            record.msg, record.args = self._hidden(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._hidden(record.exc_text)
        return True

    def _hidden(self, text: str) -> str:
        return text.replace(self._secret, "[hidden]")


def outline(error: BaseException) -> str:
    """Say what kind of error it was and where, causes included, without any text it carries."""
    parts = []
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)[-_FRAMES:]
        places = [f"{PurePath(f.filename).name}:{f.lineno} {f.name}" for f in frames]
        parts.append(f"{type(cause).__name__} at {' > '.join(places) or 'no place'}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return ", from ".join(parts)
