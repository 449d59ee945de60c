"""What one line says about one call, and what a line that says nothing is called."""

from typing import Any, Literal, NamedTuple

from tailllm.records.line import Address

Fields = dict[str, Any]
"""What is known of a call, under the names of `records.call.Call`.

Values are plain: str, int, float, bool, list, dict. A field the log does not give is absent.
Two fields differ from the finished call because they are read for every line:
`start_time` is seconds since the epoch, and `input_messages`, `output_messages` and
`tool_definitions` stay in the shape the wire had (`dialects.messages` makes them canonical
when somebody looks).
"""

PartKind = Literal["whole", "piece", "evaluation", "outer"]


class Part(NamedTuple):
    """What one line says about one call.

    kind:
        whole: the line is the complete call; two whole parts are two calls.
        piece: one of several parts; parts that share a key are one call.
        evaluation: verdicts on a call that other parts describe; is no call of its own.
        outer: a framework's span around calls; donates user and session, is not counted.
    """

    keys: tuple[str, ...]
    """Names of the call, strongest first; the first becomes `Call.key`."""
    fields: Fields
    address: Address
    kind: PartKind = "whole"
    parent: str | None = None
    """Key of the span around this one, where the format has spans."""
    more: tuple[Address, ...] = ()
    """The other lines that this record was written over, as container runtimes cut long ones."""


class Reject(NamedTuple):
    """A line that gave no call, with the reason."""

    address: Address
    kind: Literal["broken", "other"]
    """broken: nobody can read it. other: readable, and no model call."""
    reason: str
    """One phrase; quotes nothing from the line."""
