"""A call as a conversation: the turns in order, and the same as plain text.

The inspector, the pager and `tailllm show` read one description, so they cannot differ in
what the model saw. Texts stay as logged here; whoever draws them makes them visible.
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from tailllm import ink
from tailllm.records.call import Call, Evaluation, Message, MessagePart

TurnKind = Literal["system", "tools", "message", "reply", "error"]
PieceKind = Literal["text", "json", "aside", "error"]


_REFUSED = 400
"""HTTP statuses from here on are errors."""
BROKE_OFF = "the answer broke off here"
NO_START = "the answer broke off before its first word"
NO_END = "no end so far"
EMPTY = "an empty answer"
NO_CONTENT = "its content is not in the log"
NO_REASON = "The log does not say why."
_CUT = "the stream was cut"
_SCHEMAS = ("parameters", "input_schema", "inputSchema")
"""Where tool definitions keep what a tool takes."""
_HELD = {
    "full": "",
    "partial": "The log has only parts of what was said.",
    "truncated": "The log cut the texts short.",
    "reference": "The log keeps the texts elsewhere.",
    "absent": "The log does not keep texts, only facts about the call.",
}


class Piece(NamedTuple):
    """One part of a turn: a head in our words (may be empty) and the text as logged."""

    kind: PieceKind
    head: str
    text: str


class Turn(NamedTuple):
    """What one side put into the call, in order."""

    kind: TurnKind
    title: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Everything of the turn, as one text."""
        return "\n".join(piece.text for piece in self.pieces)


def turns(call: Call) -> list[Turn]:
    """What the model saw, then what it said or why it said nothing."""
    found: list[Turn] = []
    if call.system_instructions:
        found.append(Turn("system", "system", (_text(call.system_instructions),)))
    if call.tool_definitions:
        pieces = tuple(
            Piece("json", _tool_head(tool), pretty(tool)) for tool in call.tool_definitions
        )
        found.append(Turn("tools", f"tools  {tool_names(call.tool_definitions)}", pieces))
    for number, message in enumerate(call.input_messages or (), 1):
        found.append(_turn(message, number))
    found.append(reply(call))
    if call.error_type or call.error_message or (call.status == "error" and not _broke_off(call)):
        why = call.error_message or ("" if call.error_type else NO_REASON)
        found.append(Turn("error", "error", (Piece("error", _kind(call), why),)))
    return found


def notes(call: Call) -> list[str]:
    """What the reader must know of the log before she believes that this is all."""
    held = _HELD[call.content]
    if call.content == "full" and call.input_messages is None and not call.system_instructions:
        held = "The log does not hold what was sent."
    return [note for note in (held, *call.warnings) if note]


def reply(call: Call) -> Turn:
    """What came back: the output messages, or the pieces a poorer log gives."""
    pieces = _chosen(call.output_messages) if call.output_messages else _told(call)
    pieces = [piece for piece in pieces if piece.head or piece.text]
    if call.refusal and not any(piece.head == "refusal" for piece in pieces):
        # Some wires send a refusal as plain text; it is shown once, as what it is.
        pieces = [piece for piece in pieces if piece != _text(call.refusal or "")]
        pieces.append(Piece("aside", "refusal", call.refusal))
    if _broke_off(call):
        pieces.append(Piece("error", BROKE_OFF if pieces else NO_START, ""))
    elif pieces and call.status == "incomplete":
        pieces.append(Piece("aside", NO_END, ""))
    elif not pieces and call.status == "ok" and call.output_text == "":
        pieces.append(Piece("aside", EMPTY, ""))
    return Turn("reply", "reply", tuple(pieces))


def _kind(call: Call) -> str:
    """An error's type and HTTP status; the good status of an answer that broke off is none."""
    refused = call.http_status is not None and call.http_status >= _REFUSED
    status = str(call.http_status) if refused else None
    return " ".join(dict.fromkeys(filter(None, (call.error_type, status))))


def _broke_off(call: Call) -> bool:
    """Whether the answer began and failed; a text beside a refused request is another thing."""
    began = call.http_status is not None and call.http_status < _REFUSED
    cut = began or _CUT in call.warnings
    return call.status == "error" and cut and call.finish_reason in (None, "error")


def _chosen(said: Sequence[Message]) -> list[Piece]:
    """The answer, and the further choices where several were asked for."""
    whole = [message for message in said if message.role != "truncated"]
    pieces: list[Piece] = []
    for number, message in enumerate(said, 1):
        if len(whole) > 1 and message.role != "truncated":
            head = f"choice {number} of {len(whole)}  {message.finish_reason or ''}".rstrip()
            pieces.append(Piece("aside", head, ""))
        pieces += map(_piece, message.parts)
    return pieces


def _told(call: Call) -> list[Piece]:
    pieces = [_text(call.output_text)] if call.output_text else []
    return pieces + [
        Piece("json", f"calls {tool.name or '-'}  {tool.id or ''}".rstrip(), pretty(tool.arguments))
        for tool in call.tool_calls
    ]


def conversation(call: Call) -> str:
    """The call as plain text for a pager or a terminal: inert, complete, without colours."""
    rows = [f"{call.key}  {call.status}", *_facts(call), ""]
    for turn in turns(call):
        rows += [f"── {turn.title} ", *_turn_rows(turn), ""]
    rows += [f"{outcome(verdict)}" for verdict in call.evaluations]
    rows += [f"warning: {note}" for note in notes(call)]
    return ink.block("\n".join(rows).rstrip("\n")) + "\n"


def outcome(verdict: Evaluation) -> str:
    """A verdict in one line: `FAIL json_schema  not one of 4 values  (log)`."""
    word = {"passed": "ok  ", "failed": "FAIL", "errored": "ERR ", "unjudged": "-   "}
    score = None if verdict.score is None else f"score {verdict.score:g}"
    label = verdict.label if verdict.label not in ("errored", None) else None
    said = "  ".join(part for part in (label, score, verdict.explanation) if part)
    return f"{word[verdict.outcome]} {verdict.name}  {said}".rstrip() + f"  ({verdict.by})"


def show_command(key: str, paths: Sequence[str]) -> str:
    """The shell command that shows this call again; safe to paste whatever the names hold."""
    return shell_command(("show", key, *paths))


def shell_command(arguments: Sequence[str]) -> str:
    """A command of ours to paste into a shell, whatever its arguments hold."""
    return " ".join(["tailllm", *map(_quoted, arguments)])


def pretty(value: Any) -> str:
    """JSON laid out to read; a string that is not JSON, as it is."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return str(value)
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return repr(value)


def is_json(text: str) -> bool:
    """Whether an answer is a JSON object or list, worth laying out."""
    if not text.strip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def tool_names(tools: Sequence[Any]) -> str:
    """The names of the tools offered, for one row."""
    return ", ".join(_tool_head(tool) for tool in tools)


def _turn(message: Message, number: int) -> Turn:
    named = f" {message.name}" if message.name else ""
    kind: TurnKind = "system" if message.role in ("system", "developer") else "message"
    pieces = tuple(map(_piece, message.parts)) or (Piece("aside", NO_CONTENT, ""),)
    return Turn(kind, f"{message.role}{named} #{number}", pieces)


def _piece(part: MessagePart) -> Piece:
    if part.type == "text":
        return _text(part.content or "")
    if part.type == "tool_call":
        head = f"calls {part.name or '-'}  {part.id or ''}".rstrip()
        return Piece("json", head, pretty(part.arguments))
    if part.type == "tool_call_response":
        answer = part.response if part.response is not None else part.content
        return Piece("json", f"answers {part.id or part.name or ''}".rstrip(), pretty(answer))
    if part.content is not None and part.size is None:
        return Piece("aside", part.type, part.content)
    held = part.arguments if part.response is None else part.response
    if held is not None:
        return Piece("json", f"{part.type} {part.name or ''}".rstrip(), pretty(held))
    known = (part.modality or part.type, part.mime_type, part.uri, part.name)
    size = None if part.size is None else f"{part.size:,} chars, not shown"
    return Piece("aside", "  ".join(str(p) for p in (*known, size) if p), "")


def _text(text: str) -> Piece:
    return Piece("text", "", text)


def _tool_head(tool: Any) -> str:
    """`lookup_order(order_id: string)`, as far as the definition says."""
    if not isinstance(tool, dict):
        return str(tool)
    inner = tool.get("function")
    found = inner if isinstance(inner, dict) else tool
    schema = next((found[name] for name in _SCHEMAS if found.get(name)), None)
    fields = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(fields, dict):
        return str(found.get("name", "-"))
    kinds = (
        f"{k}: {v.get('type', 'any') if isinstance(v, dict) else 'any'}" for k, v in fields.items()
    )
    return f"{found.get('name', '-')}({', '.join(kinds)})"


def _turn_rows(turn: Turn) -> Iterator[str]:
    for piece in turn.pieces:
        if piece.head:
            yield f"  ({piece.head})"
        if piece.text:
            text = pretty(piece.text) if is_json(piece.text) else piece.text
            yield from (f"  {row}" for row in text.split("\n"))
    if not turn.pieces:
        yield "  (nothing)"


def _facts(call: Call) -> list[str]:
    prompt = f"{call.prompt_name or '-'}@{call.prompt_version or '-'}"
    model = call.response_model or call.request_model or "-"
    at = call.start_time.isoformat(timespec="milliseconds") if call.start_time else "-"
    ms = "-" if call.latency_ms is None else f"{call.latency_ms:.0f}ms"
    used = f"in {_said(call.usage.input_tokens)} out {_said(call.usage.output_tokens)}"
    facts = [f"{at}  {ms}  {used}  {_said(call.finish_reason)}", f"{prompt}  {model}"]
    whose = "  ".join(f"{name} {said}" for name, said in _whose(call) if said)
    return [*facts, whose] if whose else facts


def _whose(call: Call) -> tuple[tuple[str, str | None], ...]:
    """For whom and where it was made."""
    return (
        ("conversation", call.conversation_id or call.session_id),
        ("trace", call.trace_id),
        ("user", call.user_id),
        ("route", call.route),
        ("host", call.host),
    )


def _said(value: object) -> str:
    return "-" if value is None else str(value)


def _quoted(text: str) -> str:
    # Inside plain quotes an ESC would end a terminal's bracketed paste.
    if text.isprintable():
        return shlex.quote(text)
    data = text.encode("utf-8", "surrogatepass")
    return (
        "$'"
        + "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\x{b:02x}" for b in data)
        + "'"
    )
