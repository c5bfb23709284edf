"""`briefing deliveries`, and `briefing digest --for CHAT`: both read SQL, beside a running bot."""

from __future__ import annotations

from argparse import ArgumentTypeError
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot import build, documents, schema, settings
from bot.deliveries import State
from bot.digest_render import plain
from bot.digest_stores import Stores
from index.errors import NotFoundError
from index.meaning import closeness

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from bot.deliveries import DeliveryRecord, Overview, Subscriber
    from bot.editions import EditionReport
    from bot.wiring import Parts

    Document = dict[str, Any]

_OK: Final = 0
_LISTED: Final = 50
_MOST: Final = 1_000_000
_IDS: Final = 1 << 63
_SHOWN: Final = 40
_UNSETTLED: Final = (State.DUE, State.CLAIMED, State.UNKNOWN, State.FAILED)
_SEPARATOR: Final = ":"


def register_deliveries(parser: ArgumentParser) -> None:
    """Give `briefing deliveries` its options."""
    parser.add_argument("--state", choices=[*State], help="default: all that is not settled")
    parser.add_argument("--chat", type=chat, metavar="CHAT", help="those of one chat")
    parser.add_argument("--top", type=int, default=_LISTED, metavar="N", help="how many are listed")


def deliveries(options: Namespace) -> int:
    """Count deliveries by state, and list those that need a look."""
    now = build.SystemClock().now()
    states = tuple(State) if options.chat else _UNSETTLED
    states = (State(options.state),) if options.state else states
    chat_id = options.chat[0] if options.chat else None
    with _stores(options) as stores:
        overview = stores.deliveries.overview()
        found = stores.deliveries.records(
            states=states, chat_id=chat_id, limit=min(max(options.top, 0), _MOST)
        )
    document = _standing(overview, now) | {"deliveries": [_delivery(one, now) for one in found]}
    print(documents.line(document) if options.json else _page(document))
    return _OK


def preview(options: Namespace) -> int:
    """Show what a chat would get now; nothing is sent, and nothing stored."""
    chat_id, thread_id = options.chat
    document = {"chat": str(chat_id), "editions": _previews(options, chat_id, thread_id)}
    print(documents.line(document) if options.json else _preview_page(document))
    return _OK


def chat(text: str) -> tuple[int, int | None]:
    """Read a chat's id, with the id of one of its topics behind a colon or without.

    Raises:
        ArgumentTypeError: it is no such thing.
    """
    chat_id, _, thread_id = text.partition(_SEPARATOR)
    return _id(chat_id, text), _id(thread_id, text) if thread_id else None


def _id(digits: str, text: str) -> int:
    try:
        number = int(digits)
    except ValueError:
        number = _IDS
    if abs(number) >= _IDS:
        raise ArgumentTypeError(
            f"{text[:_SHOWN]!r} is no chat; write its id, such as 1234567, or -1001234567:5"
            " for topic 5 of a group"
        )
    return number


@contextmanager
def _stores(options: Namespace) -> Iterator[Stores]:
    engine = build.engine_for(settings.load(options.config), options.data)
    try:
        schema.prepare(engine)
        yield Stores.over(engine)
    finally:
        engine.dispose()


def _previews(options: Namespace, chat_id: int, thread_id: int | None) -> list[Document]:
    """Compose what each subscription of a chat would get; the index's lock is not needed."""
    from bot.wiring import chat_parts

    loaded = settings.load(options.config)
    engine, now = build.engine_for(loaded, options.data), build.SystemClock().now()
    meaning = partial(closeness, build.model_for(loaded))
    try:
        with closing(build.library_for(loaded, options.data, engine, command="digest")) as library:
            parts = chat_parts(loaded, engine, library, may_change=lambda _: False, meaning=meaning)
            subscribers = [
                one
                for one in parts.stores.subscribers.of_chat(chat_id)
                if thread_id in {None, one.place.thread_id}
            ]
            if not subscribers:
                raise NotFoundError(
                    f"chat {chat_id} has no subscription in this data folder; a person sets one up"
                    " with /subscribe"
                )
            return [_previewed(one, parts, now) for one in subscribers]
    finally:
        engine.dispose()


def _standing(overview: Overview, now: datetime) -> Document:
    return {
        "states": {state.value: n for state, n in overview.states.items()},
        "oldest": {
            state.value: {"slot": _moment(slot), "age_seconds": _seconds(now - slot)}
            for state, slot in overview.oldest.items()
        },
        "repeats": overview.repeats,
        "errors": [
            {"state": one.state.value, "reason": one.reason, "count": one.count}
            for one in overview.problems
        ],
        "subscriptions": {"active": overview.active, "ended": overview.ended},
    }


def _delivery(one: DeliveryRecord, now: datetime) -> Document:
    return {
        "id": str(one.id),
        "chat": str(one.place.chat_id),
        "thread": None if one.place.thread_id is None else str(one.place.thread_id),
        "state": one.state.value,
        "slot": _moment(one.slot),
        "age_seconds": _seconds(now - one.slot),
        "reason": one.reason or None,
        "parts_sent": one.parts_sent,
        "repeats": one.repeats,
        "next_try": _moment(one.not_before),
        "finished": _moment(one.finished),
    }


def _previewed(one: Subscriber, parts: Parts, now: datetime) -> Document:
    edition = parts.filler.preview(one, now)
    return {
        "thread": None if one.place.thread_id is None else str(one.place.thread_id),
        "ended": one.ended,
        "next": _moment(one.next_due),
        "kind": edition.kind,
        "comes": one.is_active and (edition.kind != "nothing_new" or one.wanted.always),
        "reports": [_reported(part) for part in edition.reports],
        "corrections": [
            {"id": note.report.id, "withdrawn": list(note.withdrawn), "now": list(note.now)}
            for note in edition.corrections
        ],
        "messages": [plain(message) for message in parts.digests.edition(edition)],
    }


def _reported(part: EditionReport) -> Document:
    items = tuple(entry.item for entry in part.entries)
    document = documents.digest_report(replace(part.report, takeaways=items))
    for one, entry in zip(document["takeaways"], part.entries, strict=True):
        one["topics"] = [{"topic": match.topic, "by": match.by} for match in entry.matches]
    return document


def _page(document: Document) -> str:
    subscriptions, oldest = document["subscriptions"], document["oldest"]
    lines = [f"subscriptions: {subscriptions['active']} active"]
    lines += [f"  ended: {n} ({reason})" for reason, n in sorted(subscriptions["ended"].items())]
    lines.append("deliveries:")
    for state, n in document["states"].items():
        age = f", the oldest for {_ago(oldest[state]['age_seconds'])}" if state in oldest else ""
        lines.append(f"  {state}: {n}{age}")
    lines.append(f"  sent a second time after an unknown outcome: {document['repeats']}")
    lines += [f"  {one['state']}, {one['count']}: {one['reason']}" for one in document["errors"]]
    return "\n".join([*lines, *map(_line, document["deliveries"])])


def _line(one: Document) -> str:
    place = one["chat"] + (f"{_SEPARATOR}{one['thread']}" if one["thread"] else "")
    parts = [one["id"], place, one["state"], one["slot"], f"{_ago(one['age_seconds'])} ago"]
    if one["next_try"]:
        parts.append(f"again at {one['next_try']}")
    return "  ".join([*parts, one["reason"] or ""]).rstrip()


def _preview_page(document: Document) -> str:
    return "\n\n".join(
        "\n\n".join([_preview_head(one), *one["messages"]]) for one in document["editions"]
    )


def _preview_head(one: Document) -> str:
    if one["ended"]:
        return f"Ended ({one['ended']}): nothing comes. It would be:"
    when = f"due {one['next']}" + (f" in topic {one['thread']}" if one["thread"] else "")
    return f"Now, {when}:" if one["comes"] else f"Nothing would come now, {when}. In words:"


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _seconds(age: timedelta) -> int:
    return round(age.total_seconds())


def _ago(seconds: int) -> str:
    """Write an age in its largest whole unit."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if abs(seconds) >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
