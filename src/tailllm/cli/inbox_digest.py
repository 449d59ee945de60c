"""The pulse of the channel as text for a chat, as Markdown or as JSON."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tailllm.cli.inbox_ledger import open_ledger
from tailllm.cli.output import json_text, say
from tailllm.errors import Exit
from tailllm.ink import counted

if TYPE_CHECKING:
    from tailllm.channel.digest import Digest, Period
    from tailllm.config.model import Config
    from tailllm.corpus.inbox import Inbox

NAMED = 5
"""People and cases that are named; the others are counted."""


def show(options: argparse.Namespace, config: "Config", inbox: "Inbox") -> Exit:
    """Print what came in, what was learned and who still waits."""
    from tailllm.channel.digest import digest

    stories = open_ledger(options, inbox).read().values()
    found = digest(inbox.read().items, stories, options.host.clock())
    if options.json:
        say(json_text(_facts(found)))
        return Exit.FINE
    for row in _markdown(found) if options.format == "markdown" else _chat(found):
        say(row)
    return Exit.FINE


def _chat(found: "Digest") -> Iterator[str]:
    from tailllm.channel.escape import chat

    this = found.this
    yield f"Came in: {this.came} ({_sources(this)}), the week before {found.last.came}."
    decided = f"{this.accepted} accepted, {this.dismissed} dismissed, {this.duplicates} duplicates"
    yield f"Decided: {decided}."
    yield f"Learned: {_outcomes(found)}."
    yield f"Thanks to {chat(_people(this))}."
    yield f"Median time to triage: {_median(this)}; the week before {_median(found.last)}."
    yield f"Waiting: {chat(_waiting(found))}."


def _markdown(found: "Digest") -> Iterator[str]:
    from tailllm.channel.escape import github

    this, last = found.this, found.last
    yield "| | this week | the week before |"
    yield "|---|---|---|"
    for name in ("came", "accepted", "dismissed", "duplicates", "fixed", "broke"):
        word = "came in" if name == "came" else name
        yield f"| {word} | {getattr(this, name)} | {getattr(last, name)} |"
    yield f"| median time to triage | {_median(this)} | {_median(last)} |"
    yield ""
    yield f"Thanks to {github(_people(this))}."
    yield f"Waiting: {github(_waiting(found))}."
    for learned in found.learned[:NAMED]:
        yield f"- `{learned.case}`, {learned.state}"


def _sources(period: "Period") -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(period.by_source.items())) or "nothing"


def _outcomes(found: "Digest") -> str:
    this = found.this
    named = ", ".join(learned.case.rpartition("-")[2] for learned in found.learned[:NAMED])
    cases = f"{counted(len(found.learned), 'case')}{f' ({named})' if named else ''}"
    return f"{cases}, {this.fixed} fixed, {this.broke} broken again"


def _people(period: "Period") -> str:
    ranked = sorted(period.by_person.items(), key=lambda pair: (-pair[1], pair[0]))
    named = ", ".join(f"{who} {n}" for who, n in ranked[:NAMED])
    more = len(ranked) - NAMED
    return f"{named or 'nobody'}{f' and {more} more' if more > 0 else ''}"


def _median(period: "Period") -> str:
    from tailllm.feed.triage import age

    if period.median_s is None:
        return f"- (0 of {period.came} decided)"
    told = age(period.median_s)
    word = "under a minute" if told == "now" else told
    return f"{word} ({period.decided} of {period.came} decided)"


def _waiting(found: "Digest") -> str:
    from tailllm.feed.triage import age

    total = f"{found.waiting} of {counted(found.total, 'item')}"
    if found.oldest is None:
        return total
    since = age(found.now - found.oldest.at)
    return f"{total}, the oldest ({found.oldest.mark_id[:12]}, {found.oldest.who}) for {since}"


def _facts(found: "Digest") -> dict[str, Any]:
    oldest = found.oldest
    return {
        "this": found.this._asdict(),
        "last": found.last._asdict(),
        "learned": [learned._asdict() for learned in found.learned],
        "waiting": found.waiting,
        "total": found.total,
        "oldest": oldest
        and {"item": oldest.mark_id, "who": oldest.who, "age_s": round(found.now - oldest.at)},
    }
