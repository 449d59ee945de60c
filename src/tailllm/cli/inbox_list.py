"""The inbox as rows or as JSON lines."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.output import json_text, narrate, say
from tailllm.errors import Exit
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.config.model import Config
    from tailllm.corpus.inbox import Inbox
    from tailllm.corpus.items import Item
    from tailllm.feed.triage import Seen

NOTHING = "The inbox is empty: `m` on a call, `tailllm mark` and `tailllm inbox add` fill it."


def show(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Print what waits, oldest first, and what of the corpus is like it."""
    from tailllm.feed.triage import Triage

    triage = Triage(inbox, validators={spec.name for spec in config.validators})
    table = triage.look(everything=options.all)
    now = options.host.clock()
    for item in table.items:
        found = triage.seen(item)
        say(json_text(_facts(item, found, now)) if options.json else _row(item, found, now))
    if table.unread:
        narrate(f"tailllm: {counted(table.unread, 'line')} of the inbox cannot be read.")
    waiting = f"{table.waiting} of {counted(table.total, 'item')} wait."
    narrate(waiting if table.total else NOTHING)
    return Exit.FINE


def _facts(item: "Item", seen: "Seen", now: float) -> dict[str, Any]:
    return {
        "item": item.mark_id,
        "age_s": round(max(0.0, now - item.at)),
        "who": item.who,
        "source": item.source,
        "note": item.note,
        "labels": list(item.labels),
        "expected": item.expected,
        "state": item.state,
        "disputed": item.disputed,
        "links": [voice.link for voice in item.voices if voice.link],
        "prompt": None if seen.call is None else seen.prompt,
        "user": seen.text,
        "reply": seen.reply,
        "near": seen.told,
    }


def _row(item: "Item", seen: "Seen", now: float) -> str:
    from tailllm.feed.triage import age

    text = " ".join((item.note or seen.text or "-").split())
    facts = (item.mark_id[:12], f"{age(now - item.at):>4}", item.who, item.source, seen.prompt)
    decided = "" if item.waits else f"  [{item.state}]"
    return f"{'  '.join(facts)}  {text[:60]}  ({seen.told}){decided}"
