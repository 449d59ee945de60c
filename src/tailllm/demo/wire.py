"""One call as Brambleway's service logs it: the native line of docs/dialects.md."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tailllm.demo.checks import verdicts
from tailllm.demo.company import TOOLS, Model, Prompt
from tailllm.demo.dice import Dice

Line = dict[str, Any]


class Told(NamedTuple):
    """A line and when it is written: the moment the call ended."""

    at: float
    """Seconds since the epoch."""
    line: Line

    @property
    def text(self) -> str:
        """The line as it stands in the log, without its newline."""
        return json.dumps(self.line, ensure_ascii=False, separators=(",", ":"))


class Asked(NamedTuple):
    """A request on its way to a model."""

    prompt: Prompt
    model: Model
    messages: Sequence[dict[str, Any]]
    session: str
    user: str
    start: float
    """Seconds since the epoch."""
    slowness: float = 1.0


def stamp(at: float) -> str:
    """Seconds since the epoch as the log spells them, to the millisecond, UTC."""
    # Rounded first: fromtimestamp rounds halves by the binary value, isoformat cuts.
    text = datetime.fromtimestamp(round(at, 3) + 0.0004, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def host(session: str) -> str:
    """Which of the three machines serves a session: the balancer keeps it where it began."""
    return f"web-{1 + sum(session.encode()) % 3}"


def _head(asked: Asked, took_ms: float) -> Line:
    streams = asked.prompt.name == "billing"
    return {
        "tailllm": 1,
        "ts": stamp(asked.start),
        "ms": round(took_ms, 1),
        "provider": asked.model.provider,
        "model": asked.model.name,
        "prompt": {"name": asked.prompt.name, "version": asked.prompt.version},
        "session": asked.session,
        "user": asked.user,
        "host": host(asked.session),
        "route": asked.prompt.route,
        "params": {
            "temperature": 0.2 if streams else 0.0,
            "max_tokens": asked.prompt.max_tokens,
            "stream": streams,
        },
        "messages": [{"role": "system", "content": asked.prompt.system}, *asked.messages],
        **({"tools": TOOLS} if streams else {}),
    }


def _tokens(text: str) -> int:
    """What a tokenizer would roughly count; foreign scripts cost more."""
    return 1 + sum(1 if ord(char) < 0x250 else 3 for char in text) // 4


def _usage(asked: Asked, written: str, dice: Dice) -> dict[str, int]:
    system = _tokens(asked.prompt.system)
    turns = sum(_tokens(str(message.get("content"))) + 4 for message in asked.messages)
    tools = 190 if asked.prompt.name == "billing" else 0
    cached = system + tools if asked.model.provider == "anthropic" and dice.chance(0.8) else 0
    return {"input": system + tools + turns, "output": _tokens(written) + 3, "cached": cached}


def _cost(model: Model, usage: dict[str, int]) -> float:
    fresh = usage["input"] - usage["cached"]
    dollars = (fresh + usage["cached"] / 10) * model.dollars_in + usage[
        "output"
    ] * model.dollars_out
    return round(dollars / 1_000_000, 6)


def _timing(asked: Asked, output_tokens: int, dice: Dice) -> tuple[float, float]:
    ttft = asked.model.ttft_ms * dice.spread() * asked.slowness
    writing = 1000 * output_tokens / asked.model.tokens_per_s * dice.between(0.85, 1.2)
    return round(ttft, 1), round(ttft + writing * asked.slowness, 1)


def _id(model: Model, dice: Dice) -> str:
    return ("msg_" if model.provider == "anthropic" else "chatcmpl-") + dice.hex(24)


def _finished(asked: Asked, written: str, dice: Dice) -> Line:
    usage = _usage(asked, written, dice)
    ttft, took = _timing(asked, usage["output"], dice)
    line = _head(asked, took) | {"id": _id(asked.model, dice), "usage": usage}
    line["cost"] = _cost(asked.model, usage)
    if line["params"]["stream"]:
        line["ttft_ms"] = ttft
    return line


def _told(asked: Asked, line: Line) -> Told:
    return Told(asked.start + line["ms"] / 1000, line)


def answered(asked: Asked, text: str, dice: Dice, *, finish: str = "stop") -> Told:
    """The model wrote `text`."""
    line = _finished(asked, text, dice)
    checks = verdicts(asked.prompt.name, text, line["messages"])
    return _told(asked, line | {"output": text, "finish": finish, "checks": checks})


def called_tool(asked: Asked, name: str, arguments: dict[str, str], dice: Dice) -> Told:
    """The model asked for a tool instead of answering."""
    written = json.dumps(arguments)
    line = _finished(asked, name + written, dice)
    call = {"id": "call_" + dice.hex(20), "name": name, "arguments": written}
    return _told(asked, line | {"output": "", "finish": "tool_calls", "tool_calls": [call]})


def refused(asked: Asked, dice: Dice) -> Told:
    """The provider was out of patience: 429."""
    line = _head(asked, dice.between(30, 90))
    message = f"Error code: 429 - Rate limit reached for {asked.model.name}. Limit 800, used 800."
    return _told(
        asked,
        line | {"error": {"type": "RateLimitError", "message": message, "status": 429}},
    )


def timed_out(asked: Asked, dice: Dice) -> Told:
    """Nothing came back before the service gave up."""
    line = _head(asked, 15_000 + dice.between(0, 20))
    error = {"type": "APITimeoutError", "message": "Request timed out.", "status": None}
    return _told(asked, line | {"error": error})
