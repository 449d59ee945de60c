"""OpenTelemetry in OTLP JSON lines: its GenAI conventions, and the formats that ride on it.

Calls are spans; which attributes tell of them, each instrumentation decides for itself, so
each span goes to its own reader. Records with the same trace and span id add to them: the
details event, one event per message (<= 1.36), exceptions, evaluations. Spans of agents,
tools and requests around a call tell whose it was. The HTTP span inside a call tells its
status.

Source:
    open-telemetry/semantic-conventions docs/gen-ai, v1.41.1 and v1.36.0.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any

from tailllm.dialects import otel_records, otel_spans, otlp
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.span_readers import READERS
from tailllm.records.line import Address
from tailllm.records.part import Part


@cache
def _typed() -> Callable[[bytes], list[otlp.Span] | None]:
    """The short cut, which the first frame of the screen does without."""
    from tailllm.dialects import otlp_typed

    return otlp_typed.spans


class OTelGenAI(Dialect):
    """Export requests with spans and records of model calls.

    The format's name is that of whoever wrote most of the file's calls so far.
    """

    name = otel_spans.Conventions.name

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()

    def claims(self, value: dict[str, Any]) -> bool:
        """`resourceSpans`, `resourceLogs` or `resourceMetrics`: an OTLP export request."""
        return otlp.is_export(value)

    def learn(self, sample: list[dict[str, Any]]) -> None:
        """Count who wrote the calls, to have the name before the first line."""
        with suppress(RecursionError):
            for value in sample:
                self.read(value, Address("", 0, 0))

    def typed(self, line: bytes, address: Address) -> list[Part] | None:
        """A line of spans alone."""
        spans = _typed()(line)
        return None if spans is None else self._spans(spans, address) or None

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """All parts of calls in one export request."""
        parts = self._spans(otlp.spans(value), address)
        for record in otlp.records(value):
            parts += otel_records.parts(record, address)
        if parts:
            return parts
        return "metrics, no calls in them" if "resourceMetrics" in value else "spans of no call"

    def _spans(self, spans: Iterable[otlp.Span], address: Address) -> list[Part]:
        parts = []
        for place, span in enumerate(spans):
            parts += self._span(span, address, place)
        return parts

    def _span(self, span: otlp.Span, address: Address, place: int) -> list[Part]:
        reader = _reader(span)
        found = otel_spans.parts(reader, span, address, place)
        if found and found[0].kind == "piece" and not otel_spans.is_library(span):
            self._calls[reader.name] += 1
            if self._calls[reader.name] > self._calls[self.name]:
                self.name = reader.name
        return found


def _reader(span: otlp.Span) -> SpanReader:
    for reader in READERS:
        if reader.claims(span):
            return reader
    return READERS[-1]
