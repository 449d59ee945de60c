"""Spans of an OTLP line straight from its bytes, by type: what is left out here is not read.

A line that is not plainly what OTLP says ends the decoding, and `otlp.spans` reads it. Where
both give spans they give the same ones; tests/dialects/test_otlp_typed.py holds them to it.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tailllm.dialects import otlp
from tailllm.dialects.values import text

Name = str | int | None


class Plain(msgspec.Struct, gc=False):
    """An object whose other keys are of no concern."""


class Value(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A value of an attribute, which is of one kind."""

    stringValue: str | UnsetType = UNSET  # noqa: N815 - here and below: OTLP's own words
    intValue: str | int | UnsetType = UNSET  # noqa: N815
    doubleValue: Any = UNSET  # noqa: N815
    boolValue: Any = UNSET  # noqa: N815
    arrayValue: Any = UNSET  # noqa: N815
    kvlistValue: Any = UNSET  # noqa: N815


class Attribute(Plain, gc=False):
    """One attribute."""

    key: str
    value: Value


class Status(Plain, gc=False):
    """How a span ended."""

    code: Any = None
    message: Any = None


class Item(Plain, gc=False):
    """One span."""

    attributes: list[Attribute] = []
    traceId: Name = None  # noqa: N815
    spanId: Name = None  # noqa: N815
    parentSpanId: Name = None  # noqa: N815
    name: Name = None
    kind: Any = None
    startTimeUnixNano: Any = None  # noqa: N815
    endTimeUnixNano: Any = None  # noqa: N815
    status: Status | None = None
    events: Any = None


class Scope(Plain, gc=False):
    """Who wrote spans."""

    name: Name = None


class ScopeSpans(Plain, gc=False):
    """The spans of one writer."""

    spans: list[Item] = []
    scope: Scope | None = None


class ResourceSpans(Plain, gc=False):
    """The spans of one service."""

    scopeSpans: list[ScopeSpans] = []  # noqa: N815
    instrumentationLibrarySpans: UnsetType = UNSET  # noqa: N815


class Export(Plain, gc=False):
    """One line that holds spans and nothing else."""

    resourceSpans: list[ResourceSpans]  # noqa: N815
    resourceLogs: UnsetType = UNSET  # noqa: N815
    resourceMetrics: UnsetType = UNSET  # noqa: N815


_decode = msgspec.json.Decoder(Export).decode


def spans(line: bytes | memoryview) -> list[otlp.Span] | None:
    """The spans of one line, or None when `otlp.spans` must read it.

    Raises:
        Nothing.
    """
    try:
        return list(_spans(_decode(line)))
    except (_UnsureError, msgspec.DecodeError, ValueError, RecursionError):
        return None


class _UnsureError(Exception):
    """The general way must read this line."""


def _spans(export: Export) -> Iterator[otlp.Span]:
    for resource in export.resourceSpans:
        for scope in resource.scopeSpans:
            writer = (scope.scope and text(scope.scope.name)) or ""
            for item in scope.spans:
                yield _span(item, writer)


def _span(item: Item, writer: str) -> otlp.Span:
    start = otlp.count_nanos(item.startTimeUnixNano)
    end = otlp.count_nanos(item.endTimeUnixNano)
    status = item.status or _NO_STATUS
    return otlp.Span(
        _attributes(item.attributes),
        writer,
        text(item.traceId),
        text(item.spanId),
        text(item.parentSpanId),
        text(item.name) or "",
        item.kind,
        otlp.seconds(start),
        (end - start) / 1e6 if 0 < start <= end else None,
        otlp.is_error(status.code),
        text(status.message),
        {"events": item.events, "startTimeUnixNano": item.startTimeUnixNano},
    )


_NO_STATUS = Status()


def _attributes(listed: list[Attribute]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in listed:
        value = attribute.value
        said = value.stringValue
        if said is not UNSET:
            # Also where a writer gave another kind too: that is what `otlp.attributes` takes.
            found[attribute.key] = said
        elif value.doubleValue is value.boolValue is value.arrayValue is value.kvlistValue is UNSET:
            number = value.intValue
            found[attribute.key] = None if number is UNSET else otlp.integer(number)
        else:
            found[attribute.key] = _other(value)
    return found


def _other(value: Value) -> Any:
    """A value that is neither a string nor an integer."""
    given = [name for name in value.__struct_fields__ if getattr(value, name) is not UNSET]
    if len(given) > 1:
        raise _UnsureError
    return otlp.plain({given[0]: getattr(value, given[0])})
