"""What knows the spans of one instrumentation, whatever wrote the rest of the file."""

from abc import ABC, abstractmethod
from typing import ClassVar

from tailllm.dialects.otel_fields import outer_fields
from tailllm.dialects.otlp import Span
from tailllm.records.part import Fields


class SpanReader(ABC):
    """How one instrumentation writes model calls into spans.

    A file may hold the spans of several, so each span is read by the first that claims it.
    Nothing here may raise for any span.
    """

    name: ClassVar[str]

    @abstractmethod
    def claims(self, span: Span) -> bool:
        """Whether this instrumentation wrote the span. A few look-ups."""

    @abstractmethod
    def call(self, span: Span) -> Fields | None:
        """What the span's attributes tell of its call; None when it is no call.

        Times, ids and the outcome are read for all formats alike, where this is silent.
        """

    def around(self, span: Span) -> Fields:
        """What a span that is no call tells of the calls inside: who, and what for."""
        return outer_fields(span.attributes)
