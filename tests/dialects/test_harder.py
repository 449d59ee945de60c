"""The samples made harder: the calls stay the same calls, and say what was put into them."""

import json
import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.dialects import mutations
from tests.dialects.reading import Reading, raw_lines, read
from tests.dialects.test_golden import FILES

EVERYTHING_AT_ONCE = 1_000_000
LONG = [pytest.param(name, marks=pytest.mark.long) for name in ("control", "prompts of 25 KB")]
WORDS = {
    "other scripts": str.maketrans({"a": "訂", "e": "é", "o": "😀", "t": "\u202e", "i": "ı"}),
    "control": str.maketrans({"a": "\x1b", "e": "\x07", "o": "\u2028", "s": "\x85", "r": "\u200f"}),
    "prompts of 25 KB": str.maketrans({"e": "é" + "長いx" * 400}),
}
NO_COPIES = ("wrappers", "server_logs")
"""Parts of wrapped lines and tasks of a server are known by their order and number alone."""
LOGS = [path for path in FILES if "untold" not in path.name]
OTHERS = (
    b'{"ts":"2026-11-22T13:00:00Z","level":"info","msg":"GET /healthz 200"}',
    b'{"event":"cache","model":"User","usage":{"tokens":3},"messages":["a"]}',
    b"Traceback (most recent call last):",
    b'  File "x.py", line 3',
)


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@cache
def once(path: Path) -> Reading:
    text = "\n".join(mutations.lines_of(path))
    return read(raw_lines(text.encode()), batch=EVERYTHING_AT_ONCE)


def facts(reading: Reading, *left_out: str) -> list[dict[str, Any]]:
    found = [
        call.model_dump(mode="json", exclude={"source", "key", *left_out})
        for call in reading.calls()
    ]
    for fields in found:
        if str(fields["prompt_version"]).startswith("h:"):
            fields["prompt_version"] = "h:"
    return found


def opened(value: Any) -> Any:
    """JSON in strings as what it is: a change of words writes it again."""
    if isinstance(value, dict):
        return {key: opened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [opened(inner) for inner in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value, strict=False)
        except ValueError:
            pass
    return value


@pytest.mark.parametrize("words", ["other scripts", *LONG])
@pytest.mark.parametrize("path", LOGS, ids=named)
def test_what_was_said_comes_through_in_any_words(path: Path, words: str) -> None:
    if path.name in ("truncated.jsonl",) or path.parent.name == "wrappers":
        pytest.skip("a cut text cannot be reworded, and a wrapped one is cut elsewhere")

    def change(text: str) -> str:
        return text.translate(WORDS[words])

    lines = mutations.lines_of(path)
    plain = once(path)
    other = [mutations.reworded(line, change) for line in lines]

    changed = read(
        raw_lines("\n".join(other).encode("utf-8", "surrogatepass")), batch=EVERYTHING_AT_ONCE
    )
    assert mutations.everywhere(opened(facts(changed)), change) == mutations.everywhere(
        opened(facts(plain)), change
    )


def told(reading: Reading) -> Counter[str]:
    """Each call without what a renaming changes."""
    found = facts(
        reading, "start_time", "trace_id", "span_id", "conversation_id", "metadata", "tags"
    )
    for fields in found:
        if fields["status"] == "incomplete":
            # In the longer file another stream comes after it.
            fields |= {"status": "error", "state": "done", "warnings": ["the stream was cut"]}
        for name in ("latency_ms", "ttft_ms"):
            fields[name] = None if fields[name] is None else round(fields[name])
    return Counter(mutations.anonymous(json.dumps(fields, sort_keys=True)) for fields in found)


@pytest.mark.parametrize("copies", [2, pytest.param(12, marks=pytest.mark.long)])
@pytest.mark.parametrize("path", LOGS, ids=named)
def test_a_long_mixed_file_in_any_order_holds_every_call_once(path: Path, copies: int) -> None:
    if path.parent.name in NO_COPIES:
        pytest.skip("its lines are joined by order alone")
    lines = mutations.lines_of(path)
    text = "\n".join(lines)
    found = [
        line.encode()
        for number in range(copies)
        for line in mutations.later(mutations.renamed(text, number), 7 * number).split("\n")
    ]
    dice = random.Random(path.name)
    if not once(path).ordered:
        dice.shuffle(found)
    found = [each for line in found for each in (*dice.choices(OTHERS, k=dice.randrange(2)), line)]
    cut = [found[-1][: len(found[-1]) // 2]] if len(found) > 1 else []

    many = told(read(raw_lines(b"\n".join([*found, *cut])), batch=EVERYTHING_AT_ONCE))
    assert many == Counter({call: copies * times for call, times in told(once(path)).items()})


NUMBERED = ("legacy_indexed.jsonl",)
"""Tool calls lie under numbered keys there: test_span_readers.py has two of them."""


@pytest.mark.parametrize("path", LOGS, ids=named)
def test_a_second_tool_call_is_found_beside_the_first(path: Path) -> None:
    alone = [call for call in once(path).calls() if len(call.tool_calls) == 1]
    if path.name in NUMBERED or path.parent.name == "wrappers" or not alone:
        pytest.skip("no list of tool calls in its lines")
    [tool] = alone[0].tool_calls
    asked, name = str(tool.id), str(tool.name)
    lines = [
        json.dumps(mutations.doubled(json.loads(line), asked, name)) if asked in line else line
        for line in mutations.lines_of(path)
    ]

    reading = read(raw_lines("\n".join(lines).encode()), batch=EVERYTHING_AT_ONCE)
    calls = [call for call in reading.calls() if asked in {t.id for t in call.tool_calls}]

    assert len(reading.folded) == len(once(path).folded)
    assert [[t.id for t in call.tool_calls] for call in calls] == [[asked, f"{asked[:-1]}_"]]
    assert [t.arguments for t in calls[0].tool_calls] == [tool.arguments] * 2
