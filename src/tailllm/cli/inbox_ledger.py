"""What became of each report: rows, JSON lines, and linking one to its call by hand."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.output import json_text, narrate, say
from tailllm.errors import Exit, SourceError, UsageError
from tailllm.ink import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tailllm.channel.ledger import Ledger, Story
    from tailllm.channel.outbox import Try
    from tailllm.config.model import Config
    from tailllm.corpus.inbox import Inbox

NOTHING = "No report has come in: `tailllm sync` and `tailllm inbox add` bring them."


def show(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Print who reported what, how long it took, and whether they were told."""
    from tailllm.channel.outbox import Outbox, told

    ledger = open_ledger(options, inbox)
    stories = ledger.read()
    outbox = Outbox(inbox.folder, options.host.clock)
    tries = outbox.read()
    for story in stories.values():
        state = told(story, tries)
        if options.json:
            say(json_text(_facts(story, state, tries)))
        else:
            say(_row(story, state, options.host.clock()))
    unread = ledger.log.unread + outbox.log.unread
    if unread:
        narrate(f"tailllm: {counted(unread, 'line')} of the ledger cannot be read.")
    waiting = sum(story.state == "waits" for story in stories.values())
    total = counted(len(stories), "report")
    narrate(f"{waiting} of {total} wait." if stories else NOTHING)
    return Exit.FINE


def link(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Say which logged call a report is about."""
    from tailllm.channel.keeper import Keeper
    from tailllm.channel.linking import Calls
    from tailllm.channel.sync import alone

    clock = options.host.clock
    logs = options.log or config.sync.logs
    if not logs:
        raise UsageError("no log to look in", fix="Name one with --log, or in [sync] logs.")
    calls = Calls(logs, config, clock)
    try:
        with alone(inbox.folder):
            keeper = Keeper(config, inbox, open_ledger(options, inbox), calls, clock)
            story = _story(keeper.stories, options.report)
            content = calls.named(options.key, f"picked by {config.by or 'hand'}")
            if content is None:
                raise SourceError(
                    calls.trouble or f"no call {options.key!r} in {' '.join(logs)}",
                    fix="`tailllm calls PATH` lists the keys of all calls",
                )
            say(f"{keeper.link(story, content)} {inbox.path}")
    finally:
        calls.close()
    return Exit.FINE


def open_ledger(options: argparse.Namespace, inbox: "Inbox") -> "Ledger":
    """The ledger beside an inbox."""
    import socket

    from tailllm.channel.ledger import Ledger

    return Ledger(inbox.folder, host=socket.gethostname(), clock=options.host.clock)


def _story(stories: "Mapping[str, Story]", start: str) -> "Story":
    """The report of an id, or of an item, by its start."""
    found = [s for s in stories.values() if s.id == start] or [
        s for s in stories.values() if s.id.startswith(start) or s.item.startswith(start)
    ]
    if len(found) != 1 or not start:
        few = ", ".join(story.id for story in found[:3])
        raise UsageError(
            f"{len(found) or 'no'} reports start with {start!r}",
            fix=f"Write more of one: {few}" if found else "`tailllm inbox ledger` lists them.",
        )
    return found[0]


def _row(story: "Story", state: str, now: float) -> str:
    from tailllm.feed.triage import age

    decision, call = story.decision, story.call
    took = f"{age(_took_s(story)):>4}" if decision else f"{age(now - story.reported):>4}…"
    facts = [took, story.first.author or "-", story.first.source, story.state, state, story.id]
    if call:
        facts.append(f"call {call.call} ({call.how})")
    near = [f"{key} {like:.0%}" for key, like in story.offered]
    if near:
        facts.append(f"perhaps {', '.join(near)}")
    return "  ".join(facts)


def _took_s(story: "Story") -> float:
    from tailllm.corpus.record import seconds

    decision = story.decision
    return max(0.0, seconds(decision.at) - story.reported) if decision else 0.0


def _facts(story: "Story", state: str, tries: "Mapping[str, Try]") -> dict[str, Any]:
    from tailllm.channel.log import facts

    return {
        "report": story.id,
        "item": story.item,
        "source": story.first.source,
        "channel": story.first.channel or None,
        "author": story.first.author or None,
        "link": story.first.link or None,
        "reported": story.first.reported or None,
        "state": story.state,
        "told": state,
        "took_s": round(_took_s(story)) if story.decision else None,
        "call": story.call.call if story.call else None,
        "near": [{"call": key, "likeness": like} for key, like in story.offered],
        "steps": [facts(step) for step in story.steps],
        "messages": [facts(t) for t in tries.values() if t.report == story.id],
    }
