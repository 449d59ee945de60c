"""Lines that a crash, a full disk or a careless writer leaves behind, between good ones.

`expect` says, by line number from 1, what a reader makes of a line that is no plain call:
broken (nobody can read it), other (readable, and no model call), or any (what it holds can
be read as one or two calls, left out, or rejected; only a crash or a wrong number is wrong).
"""

import json
from typing import Any

from recipes.sample import NOON, SEED, Sample, count, unusual
from tailllm.demo.company import MINI, ROUTE
from tailllm.demo.dice import Dice
from tailllm.demo.wire import Asked, Told, answered

DEEP = 20_000
DIGITS = 5_000


def make() -> dict[str, Sample]:
    """The file."""
    lines: list[tuple[str, str]] = []
    good: list[Told] = []
    for number, bad in enumerate(_bad()):
        good.append(_good(number))
        lines += [("call", good[-1].text), *bad]
    last = _good(len(good))
    text = "\n".join(line for _, line in lines) + "\n" + last.text
    calls = [told.line for told in [*good, last]]
    calls += [json.loads(line) for kind, line in lines if kind == "extra"]
    expect = ["call" if kind == "extra" else kind for kind, _ in lines] + ["call"]
    truth = count("broken and foreign lines between good ones", "native", calls) | {
        "broken": expect.count("broken"),
        "other": expect.count("other"),
        "any": expect.count("any"),
        # One of them is two records in a line.
        "calls_at_most": len(calls) + expect.count("any") + 1,
        "unended": True,
        "expect": unusual(expect),
    }
    return {"torn.jsonl": Sample(text.encode(), truth)}


def _good(number: int) -> Told:
    said = {"role": "user", "content": f"good line {number}: where is BW-{10000 + number}?"}
    start = NOON + 5400 + number * 3
    asked = Asked(ROUTE, MINI, (said,), f"s-torn{number:02d}", f"u-{number:04d}", start)
    return answered(asked, '{"intent": "status", "lang": "en"}', Dice(SEED, "torn", number))


def _line(**fields: Any) -> str:
    return json.dumps(_good(90).line | fields, ensure_ascii=False)


def _raw(field: str, value: str) -> str:
    """A good line in which the text of one value is replaced by what JSON may not hold."""
    return _line(**{field: "@@"}).replace('"@@"', value)


def _bad() -> list[list[tuple[str, str]]]:
    """Each entry stands between two good lines."""
    whole = _line(id="chatcmpl-torn")
    half = len(whole) // 2
    return [
        [("broken", whole[:half])],
        [("broken", whole[:half]), ("broken", whole[half:])],
        [("other", "null")],
        [("other", "[]"), ("other", "42"), ("other", '"a word"'), ("other", "true")],
        [("other", "{}"), ("other", '{"level": "info", "event": "started", "port": 8080}')],
        [("any", whole + whole.replace("chatcmpl-torn", "chatcmpl-joined"))],
        [("any", whole + ",")],
        [("broken", "[" * DEEP + "]" * DEEP)],
        [("any", _raw("metadata", "[" * 400 + "]" * 400))],
        [
            ("any", _raw("ms", "NaN")),
            ("any", _raw("ms", "-Infinity")),
            ("any", _raw("ms", "1e999")),
        ],
        [("any", _raw("usage", '{"input": ' + "7" * DIGITS + ', "output": 3}'))],
        [
            ("any", _line(messages=42)),
            ("any", _line(ms="fast", usage="many", checks="fine")),
            ("any", _line(checks=[None, 7, {"ok": "maybe"}], tool_calls={"a": 1})),
            ("any", _line(ts=[], model={"name": "x"}, prompt=7)),
            ("any", '{"tailllm": 1}'),
            ("any", '{"tailllm": "one", "messages": []}'),
        ],
        [("any", ""), ("any", "   ")],
        [
            ("broken", "Traceback (most recent call last):"),
            ("broken", '  File "assist.py", line 7'),
        ],
        [
            (
                "extra",
                _line(id="chatcmpl-twice").replace(
                    '{"tailllm": 1', '{"tailllm": 0, "tailllm": 1', 1
                ),
            )
        ],
        [("broken", "{'tailllm': 1, 'ms': 3}")],
        [("broken", '{"tailllm": 1, "ms": 3'), ("broken", "}")],
    ]
