"""Two calls compared, as rows of text."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tailllm.cli.output import json_text, say

if TYPE_CHECKING:
    from tailllm.ask.pair import Pair, Section
    from tailllm.ask.wording import Stretch

AROUND = 60
"""Characters kept of what is the same, on each side of a change."""


def print_pair(found: "Pair") -> None:
    """What differs; `[-gone-]` and `{+new+}`."""
    for row in _rows(found):
        say(row)


def _rows(found: "Pair") -> Iterator[str]:
    yield f"--- {found.keys[0]}"
    yield f"+++ {found.keys[1]}"
    for name, before, after in (*found.facts, *found.params):
        yield f"{name}: [-{json_text(before)}-] {{+{json_text(after)}+}}"
    prefix = found.prefix
    shared = f"{prefix.same_bytes:,} of {prefix.before_bytes:,} and {prefix.after_bytes:,} bytes"
    where = f"; they part in {prefix.part}, byte {prefix.byte_in_part:,}" if prefix.part else ""
    yield f"shared start of the prompt: {shared}{where}"
    for section in found.sections:
        yield ""
        yield f"── {section.title}{'  (the same)' if section.same else ''}"
        if not section.same:
            yield from _section(section)


def _section(section: "Section") -> Iterator[str]:
    last = len(section.stretches) - 1
    parts = [
        _shown(one, first=place == 0, last=place == last)
        for place, one in enumerate(section.stretches)
    ]
    yield from "".join(parts).split("\n")


def _shown(one: "Stretch", *, first: bool, last: bool) -> str:
    if one.sign == "gone":
        return f"[-{one.text}-]"
    if one.sign == "new":
        return f"{{+{one.text}+}}"
    if len(one.text) <= 2 * AROUND:
        return one.text
    start = "" if first else one.text[:AROUND]
    end = "" if last else one.text[-AROUND:]
    return f"{start} … {end}"
