"""The command line: what each command takes. What it does stands in bot/commands.py."""

from __future__ import annotations

import argparse
import gc
import io
import logging
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot import care_commands, commands, delivery_commands, feed_commands, web_commands
from index.errors import BriefingError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED: Final = 1
_USAGE: Final = 2
_INTERRUPTED: Final = 130
# The model's libraries make half a million lasting objects as they load: looking for garbage after
# every 700 more, as is usual, takes a fifth of a command's start.
_COLLECT_AFTER: Final = (50_000, 50)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 on success, 1 when something failed, 2 on usage or settings."""
    gc.set_threshold(*_COLLECT_AFTER)
    options = _parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A report may hold what a terminal's encoding doesn't.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _set_up_log(os.environ.get("BRIEFING_LOG") or "WARNING")
        code = int(options.run(options))
        sys.stdout.flush()
    except SettingsError as error:
        print(f"briefing: {error}", file=sys.stderr)
        return _USAGE
    except BriefingError as error:
        print(f"briefing: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    return code


def _set_up_log(level: str) -> None:
    try:
        logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    except ValueError as error:
        raise SettingsError(
            f"BRIEFING_LOG is {level!r}; set it to DEBUG, INFO, WARNING or ERROR"
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="briefing", description="Ask think-tank reports, with citations.", parents=[_common()]
    )
    parser.set_defaults(
        data=Path(os.environ.get("BRIEFING_DATA") or "data"), config=None, json=False
    )
    names = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: commands.Command, help_: str) -> argparse.ArgumentParser:
        # Each command has options of its own: shared ones would take the defaults set above.
        made = names.add_parser(name, help=help_, description=help_, parents=[_common()])
        made.set_defaults(run=run, command=name)
        return made

    one = command("ingest", commands.ingest, "read reports from files, folders and addresses")
    one.add_argument("inputs", nargs="+", metavar="PATH|URL|FEED")
    one = command("report", commands.report, "show one report as parsed")
    one.add_argument("id", metavar="ID")
    one.add_argument("--revision", type=int, help="an older revision")
    command("reports", commands.reports, "list the reports")
    one = command("ask", commands.ask, "answer a question with quotes, or refuse")
    _questions(one)
    one.add_argument("--history", action="append", default=[], metavar="Q", help="asked before")
    one = command("passages", commands.passages, "rank passages for a question")
    _questions(one)
    one.add_argument("--top", type=_positive, default=5, metavar="N")
    one = command("digest", commands.digest, "show the key takeaways of one day's reports")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--date", type=_day, metavar="YYYY-MM-DD")
    chat = delivery_commands.chat
    which.add_argument("--for", type=chat, dest="chat", metavar="CHAT", help="what it'd get now")
    delivery_commands.register_deliveries(
        command("deliveries", delivery_commands.deliveries, "say how digests on their way stand")
    )
    one = command("eval", commands.evaluate, "measure answers on a file of questions with gold")
    one.add_argument("questions", type=Path)
    one.add_argument("--ablations", action="store_true", help="also with each part left out")
    one = command("run", commands.run, "start the bot; its token is in TELEGRAM_BOT_TOKEN")
    one.add_argument(
        "--api-url", type=_address, metavar="URL", help="what stands before /bot<token>"
    )
    one.add_argument("--web", action="store_true", help="serve the source page, too")
    web_commands.register(command("link", web_commands.link, "print a signed link to a report"))
    command("chat", commands.chat, "the same conversation in this terminal")
    command("demo", commands.demo, "one question answered, its footnotes, and a digest")
    command("samples", commands.samples, "read the sample reports that come with the package")
    command("check", commands.check, "validate the settings")
    command("reindex", commands.reindex, "derive passages, vectors and words anew")
    one = command("migrate-store", commands.migrate_store, "copy everything stored to servers")
    one.add_argument(
        "--to-config", type=Path, required=True, metavar="FILE", help="settings that name them"
    )
    one = command("backup", care_commands.backup, "write all that is stored into one file")
    care_commands.register_file(one, "a new file")
    one = command("restore", care_commands.restore, "fill an empty store from a backup")
    care_commands.register_file(one, "a backup")
    command("doctor", care_commands.examine, "look whether all is well, and how to mend it")
    one = command("feeds", commands.stats, "poll feeds, and watch folders, for new reports")
    feed_commands.register(one.add_subparsers(required=True, metavar="ACTION"), _common)
    command("stats", commands.stats, "count what is stored and say how the sources fare")
    return parser


def _common() -> argparse.ArgumentParser:
    """Options taken before or after the command; only the given one counts."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--data", type=Path, metavar="DIR", help="folder of everything stored")
    common.add_argument("--config", type=Path, metavar="FILE", help="settings over the defaults")
    common.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return common


def _questions(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(history=[])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("question", nargs="?", metavar="QUESTION")
    which.add_argument("--batch", type=Path, metavar="FILE", help="one JSON question a line")
    parser.add_argument("--asked-on", type=_day, metavar="YYYY-MM-DD", help="default: today")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where a batch's answers go")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2025-04-12") from error


def _address(text: str) -> str:
    if not text.lower().startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address like http://127.0.0.1:8081")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
