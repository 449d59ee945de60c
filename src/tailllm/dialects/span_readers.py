"""Who is asked, one after the other, whether a span is theirs.

The one place to add an instrumentation. Narrow signs come before broad ones.
"""

from tailllm.dialects.langfuse_spans import LangfuseSpans
from tailllm.dialects.openinference import OpenInference
from tailllm.dialects.openllmetry import OpenLLMetry
from tailllm.dialects.otel_spans import Conventions
from tailllm.dialects.pydantic_ai_logfire import PydanticAI
from tailllm.dialects.span_reader import SpanReader
from tailllm.dialects.vercel_ai_sdk import VercelAI

READERS: tuple[SpanReader, ...] = (
    VercelAI(),
    LangfuseSpans(),
    OpenInference(),
    OpenLLMetry(),
    PydanticAI(),
    Conventions(),
)
