"""The inbox as rows or as JSON lines."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.output import json_text, narrate, say
from tailllm.errors import CorpusError, Exit
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.config.model import Config
    from tailllm.corpus.inbox import Inbox
    from tailllm.corpus.items import Item
    from tailllm.corpus.similar import Nearest


def show(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Print what waits, oldest first, and what of the corpus is like it."""
    from tailllm.corpus.similar import Nearest
    from tailllm.validators.language import detect

    listing = inbox.read()
    nearest = Nearest(inbox.cases().cases, language=detect)
    items = listing.items if options.all else listing.waiting
    for item in items:
        found = facts(item, inbox, nearest, options.host.clock())
        say(json_text(found)) if options.json else say(_row(found))
    if listing.unread:
        narrate(f"tailllm: {counted(listing.unread, 'line')} of the inbox cannot be read.")
    waiting, whole = len(listing.waiting), counted(len(listing.items), "item")
    narrate(f"{waiting} of {whole} wait." if listing.items else NOTHING)
    return Exit.FINE


NOTHING = "The inbox is empty: `m` on a call, `tailllm mark` and `tailllm inbox add` fill it."


def facts(item: "Item", inbox: "Inbox", nearest: "Nearest", now: float) -> dict[str, Any]:
    """Everything about one item that a person decides by."""
    from tailllm.corpus.case import content_id
    from tailllm.corpus.interaction import interaction, user_text

    found: dict[str, Any] = {
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
    }
    try:
        call = inbox.whole(item).call
    except CorpusError as error:
        return found | {"prompt": None, "user": None, "near": error.what}
    seen = interaction(call)
    text = user_text(seen.messages)
    prompt = f"{call.prompt_name or '-'}@{call.prompt_version or '-'}"
    told = nearest.told(text, content_id(seen.messages, seen.tools))
    return found | {"prompt": prompt, "user": text, "reply": seen.observed.content, "near": told}


def _row(found: dict[str, Any]) -> str:
    text = found["note"] or found["user"] or "-"
    facts = (found["item"][:12], f"{age(found['age_s']):>4}", found["who"], found["source"])
    decided = "" if found["state"] == "waiting" else f"  [{found['state']}]"
    return f"{'  '.join(facts)}  {found['prompt'] or '-'}  {text[:60]}  ({found['near']}){decided}"


def age(seconds: float) -> str:
    """`3d`, `9h`, `12m`: one number is enough to feel how long somebody has waited."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f}{unit}"
    return "now"
