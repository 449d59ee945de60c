"""`tailllm drift --weeks`: the loop week by week, as a table or JSON."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.asking import asked
from tailllm.cli.inbox import open_inbox
from tailllm.cli.opening import open_config
from tailllm.cli.output import json_text, narrate, say
from tailllm.cli.tables import table
from tailllm.errors import Exit

if TYPE_CHECKING:
    from tailllm.drift.weeks import Week
    from tailllm.records.share import Share

HEAD = (
    "week",
    "read",
    "surprise",
    "messages",
    "blind",
    "cases",
    "added",
    "mark to case",
    "never failed",
)


def run(options: argparse.Namespace) -> Exit:
    """Print the weeks."""
    from tailllm.corpus.coverage import coverage, failed_before
    from tailllm.corpus.opening import open_sessions
    from tailllm.drift.weeks import added, history

    config = open_config(options)
    inbox = open_inbox(options, config)
    sessions = open_sessions(inbox.folder, by=config.by, redact=config.redact)
    cases = inbox.cases().cases
    never = coverage(cases, failed_before(inbox.folder)).never_failed
    with asked(options, rows=True) as calls:
        weeks = history(
            calls.rows(),
            cases,
            added(inbox.read().items),
            sessions.read().sessions,
            never_failed=frozenset(never),
        )
    if options.json:
        print(json_text([week.as_json() for week in weeks], indent=2))
    else:
        for line in table(HEAD, [_row(week) for week in weeks]) if weeks else ():
            say(line)
    if not weeks:
        narrate("tailllm: no message, no session and no accepted case: nothing to say of any week.")
        return Exit.UNKNOWN
    return Exit.FINE


def _row(week: "Week") -> tuple[str, ...]:
    from tailllm.store.stats import shown_time

    who = ", ".join(f"{name} {number}" for name, number in sorted(week.added.items()))
    waited = "-" if week.to_case_s is None else f"{week.to_case_s / 3600:.1f} h"
    return (
        (shown_time(week.monday) or "-")[:10],
        f"{week.read:,}",
        _share(week.surprise),
        f"{week.messages:,}",
        _share(week.blind),
        f"{week.cases:,}",
        who or "-",
        waited,
        _share(week.never_failed),
    )


def _share(share: "Share") -> str:
    if not share.of:
        return "-"
    low, high = share.interval
    return f"{share.part:,} of {share.of:,} ({low:.0%} to {high:.0%})"
