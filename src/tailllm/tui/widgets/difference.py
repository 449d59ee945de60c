"""Two texts as one to read: `[-gone-]`, `{+new+}`, and long stretches of the same left out."""

from collections.abc import Iterator, Sequence

from tailllm.ask.pair import Pair
from tailllm.ask.pair import Section as Part
from tailllm.ask.wording import Stretch
from tailllm.tui.widgets.reading_page import Section
from tailllm.tui.widgets.reading_text import Para

AROUND = 2
"""Lines of the same kept on both sides of a change."""
MARKS = {"gone": ("[-", "-]"), "new": ("{+", "+}"), "same": ("", "")}
TONES: dict[frozenset[str], str] = {frozenset({"gone"}): "fail", frozenset({"new"}): "good"}


def sections(found: Pair) -> list[Section]:
    """A page of what differs; what is the same is folded."""
    return [_start(found), *(_part(part) for part in found.sections)]


def paras(stretches: Sequence[Stretch]) -> list[Para]:
    """The lines of both texts; every sign is text, a colour comes second."""
    lines = list(_lines(stretches))
    near = {
        place
        for here, (_, changed) in enumerate(lines)
        if changed
        for place in range(here - AROUND, here + AROUND + 1)
    }
    found: list[Para] = []
    left_out = 0
    for place, (text, changed) in enumerate(lines):
        if place in near:
            found += _left_out(left_out)
            left_out = 0
            tone = TONES.get(changed, "warn") if changed else "body"
            found.append(Para(text, tone, 3))
        else:
            left_out += 1
    return [*found, *_left_out(left_out)]


def _part(part: Part) -> Section:
    if part.same:
        text = "".join(one.text for one in part.stretches)
        body = [Para(line, "dim", 3) for line in text.split("\n")]
        return Section(part.title, body, "the same", "dim", folded=True)
    return Section(part.title, paras(part.stretches), "differs", "warn")


def _start(found: Pair) -> Section:
    """What differs besides the texts, and how far the prompts are the same."""
    prefix = found.prefix
    sizes = f"{prefix.same_bytes:,} of {prefix.before_bytes:,} and {prefix.after_bytes:,} bytes"
    body = [
        Para(f"{one.name}: [-{_said(one.before)}-] {{+{_said(one.after)}+}}", "warn", 3)
        for one in (*found.facts, *found.params)
    ]
    if prefix.part is None:
        body.append(Para(f"the prompts are the same: {sizes}", "body", 3))
    else:
        at = f"the prompts part after {sizes}: in {prefix.part}, byte {prefix.byte_in_part:,}"
        body += [Para(at, "body", 3), Para(f"[-{prefix.before}-]", "fail", 5)]
        body.append(Para(f"{{+{prefix.after}+}}", "good", 5))
    return Section("what differs", body)


def _lines(stretches: Sequence[Stretch]) -> Iterator[tuple[str, frozenset[str]]]:
    """Lines, and which signs are in each."""
    line = ""
    signs: set[str] = set()
    for sign, text in stretches:
        left, right = MARKS[sign]
        for number, piece in enumerate(text.split("\n")):
            if number:
                yield line, frozenset(signs)
                line, signs = "", set()
            if piece:
                line += f"{left}{piece}{right}"
                signs |= {sign} - {"same"}
            elif number < text.count("\n") and sign != "same":
                # A line of nothing came or went; without a sign nobody would see it.
                line, signs = f"{left}{right}", signs | {sign}
    yield line, frozenset(signs)


def _left_out(lines: int) -> list[Para]:
    return [Para(f"… {lines:,} lines the same", "dim", 3)] if lines else []


def _said(value: object) -> str:
    return "-" if value is None else str(value)
