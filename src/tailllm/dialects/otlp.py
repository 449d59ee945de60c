"""OTLP JSON lines: spans and log records out of their resource and scope wrappings.

Each line is one export request, as the Collector's file exporter and the SDK's JSON file
exporter write it. Several dialects read such lines and differ in attributes only.

Source:
    open-telemetry/opentelemetry-proto, docs/specification.md: int64 and nanosecond times
    are JSON strings, ids are lower-case hex.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tailllm.dialects.values import count, instant, mapping, objects, text

_KINDS = (
    ("resourceSpans", ("scopeSpans", "instrumentationLibrarySpans"), "spans"),
    ("resourceLogs", ("scopeLogs", "instrumentationLibraryLogs"), "logRecords"),
)
_NANO_DIGITS = 20
_DEEPEST = 100
"""Values inside values; conventions need five."""


class Span(NamedTuple):
    """One span, its attributes as plain values."""

    attributes: dict[str, Any]
    scope: str
    trace_id: str | None
    span_id: str | None
    parent_id: str | None
    name: str
    kind: int | None
    start_time: float | None
    """Seconds since the epoch."""
    latency_ms: float | None
    failed: bool
    message: str | None
    """What the status says."""
    raw: dict[str, Any]

    @property
    def key(self) -> str | None:
        """The span's name among all spans."""
        return span_key(self.trace_id, self.span_id)

    @property
    def parent(self) -> str | None:
        """The key of the span around it."""
        return span_key(self.trace_id, self.parent_id)

    def event(self, name: str) -> dict[str, Any] | None:
        """The first event of this name; a stream may have thousands of others."""
        listed = self.raw.get("events")
        for event in listed if isinstance(listed, list) else ():
            if isinstance(event, dict) and event.get("name") == name:
                return event
        return None

    def until_ms(self, event: dict[str, Any]) -> float | None:
        """Milliseconds from the start to an event."""
        return milliseconds(self.raw.get("startTimeUnixNano"), event.get("timeUnixNano"))


class Record(NamedTuple):
    """One log record, its attributes and its body as plain values."""

    attributes: dict[str, Any]
    scope: str
    trace_id: str | None
    span_id: str | None
    event: str
    at: float | None
    """Seconds since the epoch."""
    order: int
    """Nanoseconds, to sort records that follow each other at once."""
    body: Any

    @property
    def key(self) -> str | None:
        """The key of the span it belongs to."""
        return span_key(self.trace_id, self.span_id)


def is_export(value: dict[str, Any]) -> bool:
    """Whether the object is an export request."""
    return "resourceSpans" in value or "resourceLogs" in value or "resourceMetrics" in value


def span_key(trace_id: str | None, span_id: str | None) -> str | None:
    """The name of a span, as `Call.key` has it."""
    return f"span:{trace_id}:{span_id}" if trace_id and span_id else None


def spans(value: dict[str, Any]) -> Iterator[Span]:
    """The spans of one export request."""
    for scope, raw in _items(value, *_KINDS[0]):
        status = mapping(raw.get("status"))
        start, end = raw.get("startTimeUnixNano"), raw.get("endTimeUnixNano")
        yield Span(
            attributes=attributes(raw.get("attributes")),
            scope=scope,
            trace_id=text(raw.get("traceId")),
            span_id=text(raw.get("spanId")),
            parent_id=text(raw.get("parentSpanId")),
            name=text(raw.get("name")) or "",
            kind=count(raw.get("kind")),
            start_time=instant(start),
            latency_ms=milliseconds(start, end),
            failed=status.get("code") in (2, "2", "STATUS_CODE_ERROR"),
            message=text(status.get("message")),
            raw=raw,
        )


def records(value: dict[str, Any]) -> Iterator[Record]:
    """The log records of one export request."""
    for scope, raw in _items(value, *_KINDS[1]):
        found = attributes(raw.get("attributes"))
        nanos = count_nanos(raw.get("timeUnixNano")) or count_nanos(raw.get("observedTimeUnixNano"))
        yield Record(
            attributes=found,
            scope=scope,
            trace_id=text(raw.get("traceId")),
            span_id=text(raw.get("spanId")),
            event=text(raw.get("eventName")) or text(found.get("event.name")) or "",
            at=instant(nanos) if nanos else None,
            order=nanos or 0,
            body=plain(raw.get("body")),
        )


def attributes(listed: Any) -> dict[str, Any]:
    """A list of key and value to a dict; of a repeated key the last counts."""
    found: dict[str, Any] = {}
    for item in listed if isinstance(listed, list) else ():
        try:
            key, value = item["key"], item["value"]
            if type(key) is str:
                # Most are strings, and each line has a hundred.
                found[key] = value["stringValue"] if "stringValue" in value else plain(value)
        except (KeyError, TypeError):
            continue
    return found


def plain(value: Any, depth: int = 0) -> Any:
    """An OTLP AnyValue as the value it stands for."""
    if type(value) is not dict or depth > _DEEPEST:
        return None
    for kind, inner in value.items():
        if kind in _SIMPLE:
            return inner
        reader = _COMPOUND.get(kind)
        return reader(inner, depth + 1) if reader else None
    return None


def count_nanos(value: Any) -> int:
    """Nanoseconds since the epoch; 0 where there are none."""
    digits = text(value) if isinstance(value, str) else None
    if digits is not None:
        return int(digits) if len(digits) < _NANO_DIGITS and _is_digits(digits) else 0
    return value if type(value) is int and 0 < value < 10**_NANO_DIGITS else 0


def _is_digits(digits: str) -> bool:
    return digits.isascii() and digits.isdigit()


def milliseconds(start: Any, end: Any) -> float | None:
    """From the integers: a double is too coarse for nanoseconds since 1970."""
    since, until = count_nanos(start), count_nanos(end)
    return (until - since) / 1e6 if 0 < since <= until else None


def _items(
    value: dict[str, Any], resources: str, scopes: tuple[str, ...], items: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in objects(value.get(resources)):
        for scope_name in scopes:
            for scope in objects(resource.get(scope_name)):
                name = text(mapping(scope.get("scope")).get("name")) or ""
                for item in objects(scope.get(items)):
                    yield name, item


def _int(inner: Any, _: int) -> Any:
    if isinstance(inner, str) and len(inner) < _NANO_DIGITS and _is_digits(inner.removeprefix("-")):
        return int(inner)
    return inner


def _array(inner: Any, depth: int) -> list[Any]:
    values = mapping(inner).get("values")
    return [plain(item, depth) for item in values] if isinstance(values, list) else []


def _kvlist(inner: Any, depth: int) -> dict[str, Any]:
    return {
        item["key"]: plain(item.get("value"), depth)
        for item in objects(mapping(inner).get("values"))
        if type(item.get("key")) is str
    }


_SIMPLE = frozenset({"stringValue", "boolValue", "doubleValue", "bytesValue"})
_COMPOUND: dict[str, Callable[[Any, int], Any]] = {
    "intValue": _int,
    "arrayValue": _array,
    "kvlistValue": _kvlist,
}
