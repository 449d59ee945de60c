"""OTLP JSON lines: spans and log records out of their resource and scope wrappings.

Each line is one export request, as the Collector's file exporter and the SDK's JSON file
exporter write it. Several dialects read such lines and differ in attributes only.

Source:
    open-telemetry/opentelemetry-proto, docs/specification.md: int64 and nanosecond times
    are JSON strings, ids are lower-case hex.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tailllm.dialects.values import mapping, objects, text

_KINDS = (
    ("resourceSpans", ("scopeSpans", "instrumentationLibrarySpans"), "spans"),
    ("resourceLogs", ("scopeLogs", "instrumentationLibraryLogs"), "logRecords"),
)
_HOSTS = ("host.name", "k8s.node.name", "k8s.pod.name")
_NANO_DIGITS = 20
LAST_NANO = 253_402_300_799 * 10**9
"""The end of the year 9999, where `datetime` ends."""
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
    kind: Any
    start_time: float | None
    """Seconds since the epoch."""
    latency_ms: float | None
    failed: bool
    message: str | None
    """What the status says."""
    raw: dict[str, Any]
    """At least its `events` and `startTimeUnixNano`, as written."""
    host: str | None = None
    """Of the process that wrote it."""

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
    host: str | None = None
    """Of the process that wrote it."""

    @property
    def key(self) -> str | None:
        """The key of the span it belongs to."""
        return span_key(self.trace_id, self.span_id)


def is_export(value: dict[str, Any]) -> bool:
    """Whether the object is an export request."""
    return "resourceSpans" in value or "resourceLogs" in value or "resourceMetrics" in value


def span_key(trace_id: str | None, span_id: str | None) -> str | None:
    """The name of a span, as `Call.key` has it; ids of zeros only are none."""
    if not trace_id or not span_id or not span_id.strip("0"):
        return None
    return f"span:{trace_id}:{span_id}"


def spans(value: dict[str, Any]) -> Iterator[Span]:
    """The spans of one export request."""
    for scope, host, raw in _items(value, *_KINDS[0]):
        say = raw.get
        status = mapping(say("status"))
        start, end = count_nanos(say("startTimeUnixNano")), count_nanos(say("endTimeUnixNano"))
        yield Span(
            attributes(say("attributes")),
            scope,
            text(say("traceId")),
            text(say("spanId")),
            text(say("parentSpanId")),
            text(say("name")) or "",
            say("kind"),
            seconds(start),
            (end - start) / 1e6 if 0 < start <= end else None,
            is_error(status.get("code")),
            text(status.get("message")),
            raw,
            host,
        )


def records(value: dict[str, Any]) -> Iterator[Record]:
    """The log records of one export request."""
    for scope, host, raw in _items(value, *_KINDS[1]):
        found = attributes(raw.get("attributes"))
        nanos = count_nanos(raw.get("timeUnixNano")) or count_nanos(raw.get("observedTimeUnixNano"))
        yield Record(
            attributes=found,
            scope=scope,
            trace_id=text(raw.get("traceId")),
            span_id=text(raw.get("spanId")),
            event=text(raw.get("eventName")) or text(found.get("event.name")) or "",
            at=seconds(nanos),
            order=nanos,
            body=plain(raw.get("body")),
            host=host,
        )


def attributes(listed: Any, depth: int = 0) -> dict[str, Any]:
    """A list of key and value to a dict; of a repeated key the last counts."""
    found: dict[str, Any] = {}
    for item in listed if type(listed) is list else ():
        try:
            key, value = item["key"], item["value"]
            if type(key) is str:
                # Most are strings, and each line has a hundred.
                found[key] = value["stringValue"] if "stringValue" in value else plain(value, depth)
        except (KeyError, TypeError):
            continue
    return found


def host_of(resource: dict[str, Any]) -> str | None:
    """The machine in a resource's attributes; an instance id names a process, not a machine."""
    return next((said for name in _HOSTS if (said := text(resource.get(name)))), None)


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
    if type(value) is str:
        sound = len(value) < _NANO_DIGITS and value.isascii() and value.isdigit()
        return int(value) if sound else 0
    return value if type(value) is int and 0 < value < 10**_NANO_DIGITS else 0


def milliseconds(start: Any, end: Any) -> float | None:
    """From the integers: a double is too coarse for nanoseconds since 1970."""
    since, until = count_nanos(start), count_nanos(end)
    return (until - since) / 1e6 if 0 < since <= until else None


def is_error(code: Any) -> bool:
    """Whether a status code says that the span failed."""
    return code in (2, "2", "STATUS_CODE_ERROR")


def seconds(nanos: int) -> float | None:
    """Seconds since the epoch; None where there are no nanoseconds."""
    return nanos / 1e9 if 0 < nanos <= LAST_NANO else None


def _items(
    value: dict[str, Any], resources: str, scopes: tuple[str, ...], items: str
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Each item with its scope's name and its resource's host."""
    for resource in objects(value.get(resources)):
        host = host_of(attributes(mapping(resource.get("resource")).get("attributes")))
        for scope_name in scopes:
            for scope in objects(resource.get(scope_name)):
                name = text(mapping(scope.get("scope")).get("name")) or ""
                for item in objects(scope.get(items)):
                    yield name, host, item


def integer(inner: Any, _: int = 0) -> Any:
    """An int64, which JSON carries as a string."""
    if type(inner) is not str or len(inner) >= _NANO_DIGITS or not inner.isascii():
        return inner
    return int(inner) if inner.isdigit() or inner.removeprefix("-").isdigit() else inner


def _array(inner: Any, depth: int) -> list[Any]:
    values = mapping(inner).get("values")
    return [plain(item, depth) for item in values] if isinstance(values, list) else []


def _kvlist(inner: Any, depth: int) -> dict[str, Any]:
    return attributes(mapping(inner).get("values"), depth)


_SIMPLE = frozenset({"stringValue", "boolValue", "doubleValue", "bytesValue"})
_COMPOUND: dict[str, Callable[[Any, int], Any]] = {
    "intValue": integer,
    "arrayValue": _array,
    "kvlistValue": _kvlist,
}
