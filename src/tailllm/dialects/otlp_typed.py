"""Spans of an OTLP line straight from its bytes, by type: what is left out here is not read.

A line that is not plainly what OTLP says ends the decoding, and `otlp.spans` reads it. Where
both give spans they give the same ones; tests/dialects/test_otlp_typed.py holds them to it.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tailllm.dialects import otlp
from tailllm.dialects.values import text

Name = str | None


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

    # In the order in which exporters write them: the decoder then finds each at once.
    traceId: Name = None  # noqa: N815
    spanId: Name = None  # noqa: N815
    parentSpanId: Name = None  # noqa: N815
    name: Name = None
    kind: Any = None
    startTimeUnixNano: Any = None  # noqa: N815
    endTimeUnixNano: Any = None  # noqa: N815
    attributes: list[Attribute] = []
    events: Any = None
    status: Status | None = None


class Scope(Plain, gc=False):
    """Who wrote spans."""

    name: Name = None


class ScopeSpans(Plain, gc=False):
    """The spans of one writer."""

    scope: Scope | None = None
    spans: list[Item] = []


class Resource(Plain, gc=False):
    """The process that wrote spans."""

    attributes: list[Attribute] = []


class ResourceSpans(Plain, gc=False):
    """The spans of one service."""

    resource: Resource | None = None
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
        return [
            _span(item, (scope.scope and scope.scope.name) or "", host)
            for resource in _decode(line).resourceSpans
            for host in (_host(resource.resource),)
            for scope in resource.scopeSpans
            for item in scope.spans
        ]
    except (_UnsureError, msgspec.DecodeError, ValueError, RecursionError):
        return None


class _UnsureError(Exception):
    """The general way must read this line."""


def _span(item: Item, writer: str, host: str | None) -> otlp.Span:
    first = item.startTimeUnixNano
    start, end = otlp.count_nanos(first), otlp.count_nanos(item.endTimeUnixNano)
    status = item.status
    return otlp.Span(
        _attributes(item.attributes),
        writer,
        item.traceId or None,
        item.spanId or None,
        item.parentSpanId or None,
        item.name or "",
        item.kind,
        start / 1e9 if 0 < start <= otlp.LAST_NANO else None,
        (end - start) / 1e6 if 0 < start <= end else None,
        status is not None and otlp.is_error(status.code),
        None if status is None else text(status.message),
        {"events": item.events, "startTimeUnixNano": first},
        host,
    )


def _host(resource: Resource | None) -> str | None:
    return None if resource is None else otlp.host_of(_attributes(resource.attributes))


def _attributes(listed: list[Attribute]) -> dict[str, Any]:
    """Most are strings. A value that is also of another kind is one, as for `otlp.attributes`."""
    return {
        one.key: said if (said := (value := one.value).stringValue) is not UNSET else _other(value)
        for one in listed
    }


def _other(value: Value) -> Any:
    """A value that is no string; most are integers."""
    number, real, flag = value.intValue, value.doubleValue, value.boolValue
    listed, mapped = value.arrayValue, value.kvlistValue
    if real is flag is listed is mapped is UNSET:
        return None if number is UNSET else otlp.integer(number)
    if (number, real, flag, listed, mapped).count(UNSET) < _OF_ONE_KIND:
        raise _UnsureError
    if listed is not UNSET:
        return _texts(listed) or otlp.plain({"arrayValue": listed})
    if mapped is not UNSET:
        return otlp.plain({"kvlistValue": mapped})
    return flag if real is UNSET else real


def _texts(listed: Any) -> list[str] | None:
    """A list of strings, which most lists are; None where `otlp.plain` must read it."""
    try:
        found = [item["stringValue"] for item in listed["values"] if len(item) == 1]
        return found if len(found) == len(listed["values"]) else None
    except (KeyError, TypeError):
        return None


_OF_ONE_KIND = 4
"""Of the five kinds that are no string, those that a value is not."""
