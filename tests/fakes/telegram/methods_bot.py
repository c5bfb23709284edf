"""Methods about the bot itself: who it is, what it says of itself, where its updates go."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from tests.fakes.telegram import render
from tests.fakes.telegram.calls import Outcome
from tests.fakes.telegram.errors import JsonObject, bad_request, too_many
from tests.fakes.telegram.limits import retry_after
from tests.fakes.telegram.webhook import DEFAULT_CONNECTIONS, Hook, on_loopback

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend, Handler
    from tests.fakes.telegram.params import Params

CLOSE_AFTER = 600.0
MAX_COMMANDS = 100
MAX_DESCRIPTION = 512
MAX_SHORT_DESCRIPTION = 120
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}\Z")
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}\Z")
_SCOPES = {
    "default": (), "all_private_chats": (), "all_group_chats": (), "all_chat_administrators": (),
    "chat": ("chat_id",), "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}  # fmt: skip


def get_me(backend: Backend, _: Params) -> Outcome:
    """GetMe."""
    return Outcome(
        result=render.me(backend.world.bot, privacy=backend.settings.privacy), quiet=True
    )


def log_out(backend: Backend, _: Params) -> Outcome:
    """logOut: nothing is answered after it."""
    backend.logged_out = True
    return Outcome(result=True)


def close(backend: Backend, _: Params) -> Outcome:
    """close: refused in the first ten minutes of the server."""
    left = CLOSE_AFTER - (backend.settings.monotonic() - backend.started_at)
    if left > 0:
        raise too_many(retry_after(left))
    return Outcome(result=True)


def _scope(backend: Backend, values: Params) -> str:
    scope = values.mapping("scope") or {"type": "default"}
    needed = _SCOPES.get(str(scope.get("type")))
    if needed is None:
        raise bad_request("Can't parse BotCommandScope: invalid type specified")
    if "chat_id" in needed:
        backend.world.find(cast("int | str | None", scope.get("chat_id")))
    shown = [str(scope.get("type")), *(str(scope.get(name)) for name in needed)]
    return "/".join([*shown, values.text("language_code")])


def set_my_commands(backend: Backend, values: Params) -> Outcome:
    """SetMyCommands."""
    commands = values.array("commands")
    if commands is None:
        raise bad_request("Can't parse commands JSON object")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict):
            raise bad_request("Can't parse BotCommand: expected an Object")
        for unknown in sorted(set(command) - {"command", "description"}):
            backend.complain(f"unknown field {unknown!r} in BotCommand")
        if not _COMMAND.match(str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    backend.profile.commands[_scope(backend, values)] = commands
    return Outcome(result=True)


def get_my_commands(backend: Backend, values: Params) -> Outcome:
    """GetMyCommands."""
    commands = backend.profile.commands.get(_scope(backend, values), [])
    return Outcome(result=commands, quiet=True)


def delete_my_commands(backend: Backend, values: Params) -> Outcome:
    """DeleteMyCommands."""
    backend.profile.commands.pop(_scope(backend, values), None)
    return Outcome(result=True)


def set_my_description(backend: Backend, values: Params) -> Outcome:
    """SetMyDescription."""
    text = values.text("description")
    if len(text) > MAX_DESCRIPTION:
        raise bad_request("description is too long")
    backend.profile.descriptions[values.text("language_code")] = text
    return Outcome(result=True)


def get_my_description(backend: Backend, values: Params) -> Outcome:
    """GetMyDescription."""
    text = backend.profile.descriptions.get(values.text("language_code"), "")
    return Outcome(result={"description": text}, quiet=True)


def set_my_short_description(backend: Backend, values: Params) -> Outcome:
    """SetMyShortDescription."""
    text = values.text("short_description")
    if len(text) > MAX_SHORT_DESCRIPTION:
        raise bad_request("short description is too long")
    backend.profile.short_descriptions[values.text("language_code")] = text
    return Outcome(result=True)


def get_my_short_description(backend: Backend, values: Params) -> Outcome:
    """GetMyShortDescription."""
    text = backend.profile.short_descriptions.get(values.text("language_code"), "")
    return Outcome(result={"short_description": text}, quiet=True)


def set_webhook(backend: Backend, values: Params) -> Outcome:
    """setWebhook; http is taken as by a local Bot API server, and loopback is the only host."""
    url = values.text("url")
    if not url:
        return delete_webhook(backend, values)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not on_loopback(url):
        backend.complain("webhooks are delivered to loopback only")
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
    secret = values.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = values.integer("max_connections")
    if connections is not None and not 1 <= connections <= 100:
        backend.complain(f"max_connections of {connections} is not within 1-100")
    _allow(backend, values)
    if values.flag("drop_pending_updates"):
        backend.updates.drop_pending()
    backend.hook = Hook(
        url=url,
        secret_token=secret,
        max_connections=min(max(connections or DEFAULT_CONNECTIONS, 1), 100),
        ip_address=values.text("ip_address"),
    )
    backend.updates.set_webhook(url)
    return Outcome(result=True, description="Webhook was set")


def delete_webhook(backend: Backend, values: Params) -> Outcome:
    """DeleteWebhook."""
    was_set = bool(backend.hook.url)
    if values.flag("drop_pending_updates"):
        backend.updates.drop_pending()
    backend.hook = Hook(url="")
    backend.updates.set_webhook("")
    return Outcome(
        result=True,
        description="Webhook was deleted" if was_set else "Webhook is already deleted",
    )


def get_webhook_info(backend: Backend, _: Params) -> Outcome:
    """GetWebhookInfo."""
    hook = backend.hook
    info: JsonObject = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(backend.updates.pending),
    }
    if hook.url:
        info["max_connections"] = hook.max_connections
        if hook.ip_address:
            info["ip_address"] = hook.ip_address
    if hook.last_error:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
    return Outcome(result=info, quiet=True)


def _allow(backend: Backend, values: Params) -> None:
    for unknown in backend.updates.allow(values.array("allowed_updates")):
        backend.complain(f"unknown update kind {json.dumps(unknown)} in allowed_updates")


HANDLERS: dict[str, Handler] = {
    "getMe": get_me,
    "logOut": log_out,
    "close": close,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
