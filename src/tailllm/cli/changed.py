"""`tailllm changed`: what is different between two groups of calls, and is not noise."""

import argparse
from typing import TYPE_CHECKING

from tailllm.cli.asking import Asked, add_question, asked
from tailllm.cli.output import json_text, say
from tailllm.cli.tables import table
from tailllm.errors import Exit, UsageError

if TYPE_CHECKING:
    from tailllm.store.changes import Changes, Difference, Side
    from tailllm.store.where.nodes import Condition

EXAMPLES = """\
  tailllm changed --at 14:02 logs/                  before that and since
  tailllm changed --at 14:02 --window 10m logs/     ten minutes on both sides
  tailllm changed --before 13:00..14:00 --after 14:02..14:30 logs/
  tailllm changed --prompt billing@v15 logs/        against the version before it
  tailllm changed --failing logs/                   what the failing calls share
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--at", metavar="TIME", help="a moment: 14:02 (UTC), 2026-11-22T14:02Z, 15m")
    sides.add_argument("--after", metavar="A..B", help="a stretch of time; with --before")
    sides.add_argument("--prompt", metavar="NAME@VERSION", help="a prompt version")
    sides.add_argument("--failing", action="store_true", help="failing calls against the others")
    parser.add_argument("--before", metavar="A..B", help="what --after is compared with")
    parser.add_argument("--window", metavar="LENGTH", help="with --at: so long on both sides")


def run(options: argparse.Namespace) -> int:
    """Compare, and print the differences, the strongest first."""
    if not (options.at or options.after or options.prompt or options.failing):
        raise UsageError("nothing to compare", fix="Give --at, --before and --after, or --prompt.")
    if bool(options.before) != bool(options.after):
        raise UsageError("--before and --after go together", fix="Give both, or --at.")
    with asked(options) as calls:
        before, after = _sides(options, calls)
        found = calls.answer(
            lambda _: calls.store.changed(before, after, shares_only=options.failing)
        )
    if options.json:
        print(json_text(found.as_json(), indent=2))
    else:
        _print(found)
    return Exit.FINE if found.enough else Exit.UNKNOWN


def _sides(options: argparse.Namespace, calls: Asked) -> tuple["Condition", "Condition"]:
    if options.failing:
        return _filtered(calls, "-is:bad"), _filtered(calls, "is:bad")
    if options.prompt:
        return _versions(options.prompt, calls)
    from tailllm.store.where.moments import stretch

    if options.at:
        return _around(options, calls)
    return calls.also(stretch(options.before, calls.now)), calls.also(
        stretch(options.after, calls.now)
    )


def _around(options: argparse.Namespace, calls: Asked) -> tuple["Condition", "Condition"]:
    from tailllm.store.span import Span
    from tailllm.store.where.moments import moment, seconds

    at = moment(options.at, calls.now)
    length = seconds(options.window) if options.window else None
    before = Span(None if length is None else at - length, at - 1e-6)
    after = Span(at, None if length is None else at + length)
    return calls.also(before), calls.also(after)


def _versions(label: str, calls: Asked) -> tuple["Condition", "Condition"]:
    from tailllm.ask.versions import versions
    from tailllm.store.filter import term

    known = {one.label: one for one in versions(calls.store, calls.where)}
    if label not in known:
        raise UsageError(
            f"no prompt version {label!r} is in these calls",
            fix=f"There are: {', '.join(known) or 'none'}.",
        )
    before = known[label].predecessor
    if before is None:
        raise UsageError(
            f"{label!r} has no version before it in these calls",
            fix="Give a log that reaches further back, or --before and --after.",
        )
    return _filtered(calls, term("prompt", before.label)), _filtered(calls, term("prompt", label))


def _filtered(calls: Asked, text: str) -> "Condition":
    from tailllm.store.filter import parse
    from tailllm.store.where.nodes import joined

    condition = parse(text).condition(calls.store.ledger)
    return joined(" AND ", [calls.where, *([condition] if condition else [])])


def _print(found: "Changes") -> None:
    say(f"before: {found.before_calls:,} calls   after: {found.after_calls:,} calls")
    if not found.enough:
        say("Not enough calls to tell: 20 on each side are needed.")
        return
    say("")
    if not found.differences:
        say(f"Nothing changed that is more than chance, of {found.compared} things compared.")
    else:
        rows = [
            (_what(one), _side(one, one.before), _side(one, one.after), f"{one.chance:.1g}")
            for one in found.differences
        ]
        yields = table(("what", "before", "after", "by chance"), rows)
        for row in yields:
            say(row)
        say("")
        say(f"{found.compared} things compared; `by chance` is corrected for that (Holm).")
    if found.too_few:
        say(f"Not enough calls for: {', '.join(found.too_few)}.")


def _what(one: "Difference") -> str:
    if one.kind == "tail":
        return f"slowest {one.what}" if one.what.endswith("_ms") else f"largest {one.what}"
    words = f"{one.what} {one.name}" if one.name else one.what
    return f"{words} fails" if one.what == "validator" else words


def _side(one: "Difference", side: "Side") -> str:
    if side.value is None:
        return "-"
    if one.kind == "number":
        p95 = "" if side.p95 is None else f" (p95 {side.p95:,.4g})"
        return f"{side.value:,.4g}{p95}"
    return f"{side.value:.1%} ({side.part:,} of {side.n:,})"
