"""What stands on each tab of the inspector, as sections to read."""

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from tailllm import ink
from tailllm.records.call import Call, Evaluation
from tailllm.records.line import Address, RawLine
from tailllm.transcript import Piece, Turn, is_json, notes, pretty, reply, turns
from tailllm.tui.widgets.reading_page import Section
from tailllm.tui.widgets.reading_text import Para, paragraphs

TABS = ("Seen", "Reply", "Checks", "Meta", "Raw")
PATH_CELLS = 46
"""What is shown of a path, so that offset and size stay beside it at 80 columns."""
LONG_SYSTEM = 4
"""Lines of a system prompt that stay open when no other call has the same."""

_TONES = {"failed": "fail", "errored": "warn", "passed": "good", "unjudged": "dim"}
_SIGNS = {"failed": "✗ FAIL", "errored": "? ERRORED", "passed": "ok", "unjudged": "-"}


def seen(call: Call, same_prompt: int = 0) -> list[Section]:
    """Exactly what the model saw, in order, then what it said."""
    sections = [_of_turn(turn, call, same_prompt) for turn in turns(call)]
    known = notes(call)
    if known:
        sections.insert(0, Section("the log", [Para(note, "warn") for note in known], tone="warn"))
    return sections


def answer(call: Call) -> list[Section]:
    """The reply alone: the text as said, and laid out when it is JSON."""
    turn = reply(call)
    sections = [_of_turn(turn, call, 0)]
    if call.output_text and is_json(call.output_text):
        plain = Section("as it came", paragraphs(call.output_text), folded=False)
        sections.append(plain)
    return sections


def checks(call: Call) -> list[Section]:
    """Every verdict with its reason, the bad ones first."""
    order = ("failed", "errored", "unjudged", "passed")
    found = sorted(call.evaluations, key=lambda verdict: order.index(verdict.outcome))
    if not found:
        empty = (
            "No verdicts. Validators in tailllm.toml, or verdicts in the log, would be listed here."
        )
        return [Section("", [Para(empty, "dim", 1)])]
    return [_of_verdict(verdict) for verdict in found]


def meta(call: Call) -> list[Section]:
    """Every fact the log gives about the call, under its canonical name."""
    left_out = {"input_messages", "output_messages", "output_text", "system_instructions"}
    left_out |= {"evaluations", "tool_definitions", "tool_calls"}
    facts = call.model_dump(mode="json", exclude=left_out)
    known = {name: value for name, value in facts.items() if value not in (None, [], {}, "")}
    silent = [name for name in facts if name not in known]
    sections = [Section("call", [p for name in known for p in _fact(name, known[name])])]
    if silent:
        sections.append(Section("not in the log", [Para(", ".join(silent), "dim")]))
    return sections


def raw(lines: Sequence[RawLine], path: Callable[[str], str]) -> list[Section]:
    """The exact bytes of the log lines; a byte that is no text is a number."""
    return [_raw_line(line, path) for line in lines]


def place(address: Address, path: Callable[[str], str]) -> str:
    """Where a line is, for a head: the end of a long path says more than its start."""
    name = ink.line(path(address.file))
    return f"{name if len(name) <= PATH_CELLS else '…' + name[1 - PATH_CELLS :]}:{address.offset}"


def _raw_line(line: RawLine, path: Callable[[str], str]) -> Section:
    size = f"{line.address.length:,} bytes"
    return Section(place(line.address, path), [Para(ink.raw(line.text), indent=1)], size)


def laid_out(lines: Sequence[RawLine], exact: Sequence[Section]) -> list[Section]:
    """The log lines as JSON to read, under the heads of the exact bytes."""
    texts = [pretty(line.text.decode("utf-8", "backslashreplace")) for line in lines]
    return [
        section._replace(body=paragraphs(text, indent=1), note="laid out")
        for section, text in zip(exact, texts, strict=True)
    ]


def _of_turn(turn: Turn, call: Call, same_prompt: int) -> Section:
    body = [para for piece in turn.pieces for para in _of_piece(piece, turn)]
    note = ink.note(ink.hidden(turn.text))
    tone = "head"
    if turn.kind == "system":
        return _system(turn, body, note, same_prompt)
    if turn.kind == "reply":
        bad = [verdict for verdict in call.evaluations if verdict.outcome in ("failed", "errored")]
        body = [*_reasons(bad), *_annotated(body, bad)]
        body = body or [Para(_nothing(call), "dim")]
    if turn.kind == "error" or any(para.tone == "fail" for para in body):
        tone = "fail"
    return Section(turn.title, body, note, tone, turn.kind == "tools", turn.kind == "reply")


def _system(turn: Turn, body: list[Para], note: str, same_prompt: int) -> Section:
    sha = sha256(turn.text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    title = f"{turn.title}  {ink.counted(len(turn.text), 'char')} · sha {sha}"
    if same_prompt > 1:
        title += f" · prompt of {same_prompt:,} calls"
    long = len(body) > LONG_SYSTEM or len(turn.text) > 400
    return Section(title, body, note, "head", long and not note)


def _nothing(call: Call) -> str:
    if call.status == "error":
        return "No reply: the call failed."
    if call.state == "partial":
        return "No reply yet. It appears here when its line is written."
    return "The log has no reply for this call."


def _of_piece(piece: Piece, turn: Turn) -> list[Para]:
    tone = {"aside": "aside", "error": "fail"}.get(piece.kind, "body")
    head = [Para(piece.head, "fail" if piece.kind == "error" else "aside")] if piece.head else []
    if turn.kind == "tools":
        head = []
    if not piece.text and head:
        return head
    text = pretty(piece.text) if turn.kind == "reply" and is_json(piece.text) else piece.text
    return [*head, *paragraphs(text, tone, 7 if head else 5)]


def _reasons(bad: Sequence[Evaluation]) -> list[Para]:
    return [
        Para(f"{_SIGNS[v.outcome]} {v.name}  {v.explanation or v.label or ''}", _TONES[v.outcome])
        for v in bad
    ]


def _annotated(body: list[Para], bad: Sequence[Evaluation]) -> list[Para]:
    """Put a verdict beside the JSON field it names."""
    notes = {}
    for verdict in bad:
        for number, para in enumerate(body):
            field = re.match(r'\s*"([^"]+)":', para.text)
            words = re.split(r"\W+", verdict.explanation or "")
            if field and field[1] in words:
                notes[number] = f"← {verdict.name}"
                break
    return [para._replace(note=notes.get(n, para.note)) for n, para in enumerate(body)]


def _of_verdict(verdict: Evaluation) -> Section:
    title = f"{_SIGNS[verdict.outcome]}  {verdict.name}"
    said = [verdict.label, None if verdict.score is None else f"score {verdict.score:g}"]
    body = [Para(text, "dim") for text in said if text and text != "errored"]
    body += paragraphs(verdict.explanation) if verdict.explanation else []
    by = "found in the log" if verdict.by == "log" else "checked by tailllm"
    return Section(title, body, by, _TONES[verdict.outcome])


def _fact(name: str, value: Any) -> list[Para]:
    if isinstance(value, (dict, list)):
        rows = pretty(value).split("\n")
        return [Para(f"{name:<16} {rows[0]}"), *(Para(row, indent=22) for row in rows[1:])]
    return [Para(f"{name:<16} {row}" if n == 0 else row, indent=5 if n == 0 else 22)
            for n, row in enumerate(str(value).split("\n"))]  # fmt: skip
