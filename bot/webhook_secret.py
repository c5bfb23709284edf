"""What Telegram has to send along with each update, so that nobody else can bring one."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

from index.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "TELEGRAM_WEBHOOK_SECRET"
_TAKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")


def secret_of(environment: Mapping[str, str], token: str) -> str:
    """Return the environment's secret, or one made of the bot's token: the same on all workers.

    Raises:
        SettingsError: Telegram would not take the environment's, or it is short enough to guess.
    """
    given = environment.get(VARIABLE, "").strip()
    if not given:
        return hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
    if not _TAKEN.fullmatch(given):
        raise SettingsError(
            f"{VARIABLE} must be 16 to 256 letters, digits, _ and -; choose another, or unset it"
            " for one made of the bot's token"
        )
    return given
