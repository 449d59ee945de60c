"""`tailllm drift`: whether what people write, or what the models answer, moved."""

import argparse
from typing import TYPE_CHECKING, Any

from tailllm.cli.asking import add_question, asked
from tailllm.cli.opening import corpus, open_config
from tailllm.cli.output import json_text, say
from tailllm.cli.parser import add_semantic
from tailllm.cli.tables import table
from tailllm.errors import Exit

if TYPE_CHECKING:
    from tailllm.drift.inputs import Finding, Inputs
    from tailllm.novelty.scores import Index
    from tailllm.records.row import Row
    from tailllm.records.share import Share
    from tailllm.store.changes import Difference

EXAMPLES = """\
  tailllm drift logs/                           this week against the four before
  tailllm drift logs/ --cur 1d --ref 7d
  tailllm drift logs/ --weeks                   the loop week by week
  tailllm drift logs/ --where prompt:billing --json
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the verb."""
    add_question(parser)
    add_semantic(parser)
    parser.add_argument("--cur", metavar="LENGTH", default="7d", help="the period asked about")
    parser.add_argument("--ref", metavar="LENGTH", default="28d", help="the period before it")
    parser.add_argument(
        "--weeks", action="store_true", help="week by week: surprise, blind share, how cases came"
    )


def run(options: argparse.Namespace) -> int:
    """Compare the two periods, or print the weeks."""
    if options.weeks:
        from tailllm.cli import drift_weeks

        return drift_weeks.run(options)
    from tailllm.drift.period import Periods, compare
    from tailllm.store.where.moments import seconds

    current, reference = seconds(options.cur), seconds(options.ref)
    with asked(options, rows=True) as calls:
        found = compare(
            calls.rows(),
            calls.store,
            Periods(calls.now.back(current), reference),
            within=calls.also,
            corpus=_index(options),
        )
    moved, after = found.inputs, found.after
    differences = {"answers": found.answers, "provider": found.provider}
    if options.json:
        print(json_text(_json(moved, differences, after), indent=2))
    else:
        _print(moved, differences, after)
    if not moved.enough:
        return Exit.UNKNOWN
    return Exit.BAD_NEWS if found.anything else Exit.FINE


def _index(options: argparse.Namespace) -> "Index":
    from tailllm.corpus.cases import cache_folder, load_cases
    from tailllm.corpus.wordings import wordings
    from tailllm.novelty.scores import empty_index

    folder = corpus(options, open_config(options))
    index = empty_index(semantic=options.semantic)
    cases = load_cases(folder, cache=cache_folder(options.host.environ)).cases
    for name, text in wordings(cases).items():
        index.add(name, text)
    return index


def _json(
    moved: "Inputs", found: "dict[str, list[Difference]]", after: "list[Row]"
) -> dict[str, Any]:
    return {
        "enough": moved.enough,
        "messages": {"before": moved.before, "after": moved.after},
        "blind": {"before": moved.blind_before.as_json(), "after": moved.blind_after.as_json()},
        "by": moved.by,
        "inputs": [_finding(one, after) for one in moved.findings],
        **{name: [one.as_json() for one in differences] for name, differences in found.items()},
    }


def _finding(one: "Finding", after: "list[Row]") -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "before": _plain(one.before),
        "after": _plain(one.after),
        "chance": float(f"{one.chance:.2g}"),
        "calls": [after[place].key for place in one.examples],
    }


def _plain(side: "Share | float") -> Any:
    return round(side, 4) if isinstance(side, float) else side.as_json()


def _print(moved: "Inputs", found: "dict[str, list[Difference]]", after: "list[Row]") -> None:
    say(f"before: {moved.before:,} messages   now: {moved.after:,} messages")
    if not moved.enough:
        from tailllm.drift.inputs import FEWEST

        say(f"Too little data to tell: {FEWEST} messages in each period are needed.")
        return
    say(f"blind share: {_blind(moved.blind_after)}, was {_blind(moved.blind_before)}")
    say(f"  messages with no case near, by {moved.by}")
    say("")
    say("The inputs changed:" if moved.findings else "The inputs did not change.")
    rows = [
        (one.name, _side(one.before), _side(one.after), f"{one.chance:.1g}", _example(one, after))
        for one in moved.findings
    ]
    if rows:
        for line in table(("what", "before", "now", "by chance", "for example"), rows):
            say(f"  {line}")
    for name, verb in (("answers", "The answers changed"), ("provider", "The provider changed")):
        differences = found[name]
        say(f"{verb}:" if differences else f"{verb.replace('changed', 'did not change')}.")
        for one in differences:
            what = " ".join(filter(None, (one.what, one.name)))
            say(f"  {what}  {_number(one.before.value)} -> {_number(one.after.value)}")


def _blind(share: "Share") -> str:
    low, high = share.interval
    return f"{share.part:,} of {share.of:,} ({low:.0%} to {high:.0%})"


def _side(side: "Share | float") -> str:
    return f"{side:.3g}" if isinstance(side, float) else f"{side.part:,} of {side.of:,}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}"


def _example(one: "Finding", after: "list[Row]") -> str:
    return after[one.examples[0]].key if one.examples else ""
