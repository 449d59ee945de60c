"""One call as Markdown for a ticket, and calls as JSON: without secrets."""

import re
from typing import Any

from tailllm import ink
from tailllm.corpus.clean import Cleaner
from tailllm.records.call import Call
from tailllm.transcript import outcome, turns


def clean_json(call: Call) -> dict[str, Any]:
    """The canonical call with a tag in place of every secret of a known shape."""
    cleaned: dict[str, Any] = Cleaner().value(call.model_dump(mode="json"))
    return cleaned


def markdown(call: Call, command: str) -> str:
    """The call to paste into a ticket; nothing in it can end its own block or run.

    Args:
        call: What happened.
        command: How to see it again.
    """
    call = Call.model_validate(clean_json(call))
    usage = call.usage
    facts = {
        "when": call.start_time.isoformat(timespec="milliseconds") if call.start_time else None,
        "status": " ".join(str(p) for p in (call.status, call.error_type, call.http_status) if p),
        "prompt": f"{call.prompt_name or '-'}@{call.prompt_version or '-'}",
        "model": call.response_model or call.request_model,
        "latency": None if call.latency_ms is None else f"{call.latency_ms:,.0f} ms",
        "tokens": f"{_said(usage.input_tokens)} in, {_said(usage.output_tokens)} out",
        "finish": call.finish_reason,
    }
    rows = [f"# Call {_code(call.key)}", "", "| | |", "|---|---|"]
    rows += [f"| {name} | {_code(_said(value))} |" for name, value in facts.items()]
    for turn in turns(call):
        text = "\n".join(f"({p.head})\n{p.text}" if p.head else p.text for p in turn.pieces)
        rows += ["", f"## {_plain(turn.title)}", "", *_block(text or "(nothing)")]
    if call.evaluations:
        rows += ["", "## checks", "", *_block("\n".join(map(outcome, call.evaluations)))]
    return "\n".join([*rows, "", "Seen with:", "", *_block(command)]) + "\n"


def _block(text: str) -> list[str]:
    """A fence longer than any inside."""
    text = ink.block(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + "text", text, fence]


def _code(text: str) -> str:
    """Text of a log in a cell: no backtick and no bar of its own."""
    return "`" + ink.line(text).replace("`", "'").replace("|", "¦") + "`"


def _plain(title: str) -> str:
    return re.sub(r"[^\w #.,:()-]", "?", ink.line(title))


def _said(value: object) -> str:
    return "-" if value is None else str(value)
