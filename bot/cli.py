"""The command line: what each command takes. What it does stands in bot/commands.py."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot import commands
from index.errors import BriefingError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED: Final = 1
_USAGE: Final = 2
_INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 on success, 1 when something failed, 2 on usage or settings."""
    logging.basicConfig(
        level=os.environ.get("BRIEFING_LOG", "WARNING"),
        format="%(levelname)s %(name)s: %(message)s",
    )
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
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
    one.add_argument("inputs", nargs="+", metavar="PATH|URL")
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
    one.add_argument("--date", type=_day, required=True, metavar="YYYY-MM-DD")
    one = command("eval", commands.evaluate, "measure answers on a file of questions with gold")
    one.add_argument("questions", type=Path)
    one.add_argument("--ablations", action="store_true", help="also with each part left out")
    one = command("run", commands.run, "start the bot; its token is in TELEGRAM_BOT_TOKEN")
    one.add_argument("--api-url", metavar="URL", help="what stands before /bot<token>")
    command("chat", commands.chat, "the same conversation in this terminal")
    command("demo", commands.demo, "one question answered, its footnotes, and a digest")
    command("samples", commands.samples, "read the sample reports that come with the package")
    command("check", commands.check, "validate the settings")
    command("reindex", commands.reindex, "derive passages, vectors and words anew")
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
    parser.add_argument("question", nargs="?", metavar="QUESTION")
    parser.add_argument("--asked-on", type=_day, metavar="YYYY-MM-DD", help="default: today")
    parser.add_argument("--batch", type=Path, metavar="FILE", help="one JSON question a line")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where a batch's answers go")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2025-04-12") from error


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count of 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
