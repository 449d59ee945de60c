"""`tailllm rotation`: read real calls on the screens; without one, what was read before."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.follow import add_display, screens
from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import json_text, narrate, say, to_terminal
from tailllm.cli.parser import add_paths
from tailllm.cli.tables import table
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tailllm.config.model import Config
    from tailllm.corpus.session import Session
    from tailllm.rotation.drawing import Wish
    from tailllm.rotation.summary import Summary

EXAMPLES = """\
  tailllm rotation logs/                        twenty calls of this week; q leaves, and resumes
  tailllm rotation logs/ -n 30 --since 1d --who ana
  tailllm rotation logs/ --mix novel=10,random=5,twice=5
  tailllm rotation --summary                    what was read so far, to paste into a chat
"""
MOST = 1_000
HELD = 200_000
"""Calls held in memory to draw from: about 1 KB each."""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_paths(parser, nargs="*")
    parser.add_argument("-n", dest="size", type=int, metavar="N", default=20, help="cards (20)")
    parser.add_argument("--since", metavar="LENGTH", default="7d", help="how old calls may be (7d)")
    parser.add_argument("--who", metavar="NAME", help="who reads; else `by` of the config")
    parser.add_argument("--seed", type=int, metavar="N", help="draw what this seed draws")
    parser.add_argument("--mix", metavar="SHARES", help="cards for each reason: novel=15,random=5")
    parser.add_argument(
        "--stop", type=int, metavar="N", default=20, help="so many with nothing new are enough (20)"
    )
    parser.add_argument("--new", action="store_true", help="a new deck, even if one was left")
    parser.add_argument("--summary", action="store_true", help="print what was read before")
    parser.add_argument("--json", action="store_true", help="with --summary: print JSON")
    add_display(parser)


def run(options: argparse.Namespace) -> int:
    """Open the deck, or print what was read."""
    if options.summary:
        return _summary(options)
    wish = _wish(options)
    if not options.paths:
        raise UsageError("no log is named", fix="Name the files or folders to draw calls from")
    if not to_terminal():
        raise UsageError(
            "a deck is read in a terminal", fix="--summary prints what was read before"
        )

    def prepare() -> "tuple[Config, Path]":
        config = _config(options)
        return config, corpus(options, config)

    from tailllm.config.load import dialect_tables

    house = dialect_tables(options.config, cwd=options.host.cwd, environ=options.host.environ)
    return screens(options, prepare, house=house, wish=wish, window_size=HELD)


def _config(options: argparse.Namespace) -> "Config":
    config = open_config(options)
    return config.model_copy(update={"by": options.who}) if options.who else config


def _wish(options: argparse.Namespace) -> "Wish":
    from tailllm.rotation.drawing import Wish
    from tailllm.rotation.mix import parse

    if not 1 <= options.size <= MOST:
        raise UsageError(f"-n {options.size}", fix=f"Write a number from 1 to {MOST:,}")
    if options.stop < 1:
        raise UsageError(f"--stop {options.stop}", fix="Write a number from 1 on")
    return Wish(
        options.size,
        _period(options.since),
        options.seed,
        parse(options.mix) if options.mix is not None else None,
        options.stop,
        options.new,
    )


def _period(text: str) -> float | None:
    from tailllm.store.where.moments import seconds

    return None if text == "all" else seconds(text)


def _summary(options: argparse.Namespace) -> int:
    """What the sessions of the period found."""
    from tailllm.corpus.opening import open_sessions
    from tailllm.rotation.summary import rows, summary

    config = open_config(options)
    folder = corpus(options, config)
    sessions = open_sessions(folder, by=config.by, redact=config.redact)
    listing, period = sessions.read(), _period(options.since)
    start = 0.0 if period is None else options.host.clock() - period
    chosen = [
        session
        for session in listing.sessions
        if session.at >= start and options.who in (None, session.by)
    ]
    found = summary(chosen, listing.sessions)
    if options.json:
        print(json_text(_json(chosen, listing.sessions, found, listing.unread), indent=2))
    elif chosen:
        for line in table(
            ("began", "who", "read", "of", "odd", "left"), [_row(one) for one in chosen]
        ):
            say(line)
        say("")
        for line in rows(found):
            say(line)
    if listing.unread:
        narrate(f"tailllm: {listing.unread} lines in {sessions.folder} cannot be read.")
    if not chosen:
        among = f"none of {len(listing.sessions)} sessions" if listing.sessions else "no session"
        narrate(f"tailllm: {among} in that period. `tailllm rotation PATH` begins one.")
        return Exit.UNKNOWN
    return Exit.FINE


def _row(session: "Session") -> tuple[str, ...]:
    left = "ended" if session.ended else f"{len(session.left)}"
    numbers = (len(session.read), len(session.cards), len(session.odd))
    return (session.start.at[:16].replace("T", " "), session.by, *map(str, numbers), left)


def _json(
    chosen: "Sequence[Session]", among: "Sequence[Session]", found: "Summary", unread: int
) -> dict[str, Any]:
    from tailllm.corpus.surprise import weeks
    from tailllm.store.stats import shown_time

    return {
        "summary": found.as_json(),
        "sessions": [
            {
                "id": session.id,
                "began": session.start.at,
                "by": session.by,
                "seed": session.start.seed,
                "mix": session.start.mix,
                "population": session.start.population,
                "cards": len(session.cards),
                "read": len(session.read),
                "odd": len(session.odd),
                "left": len(session.left),
                "ended": session.ended,
            }
            for session in chosen
        ],
        "weeks": [
            {
                "monday": shown_time(week.monday),
                "read": week.read,
                "readers": week.readers,
                "surprise": week.surprise.as_json(),
            }
            for week in weeks(among)
        ],
        "unread": unread,
    }
