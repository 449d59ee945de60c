"""The dialects, in the order they are asked who knows a line.

The one place to add a format. Narrow signs come before broad ones.
"""

from collections.abc import Iterator
from importlib import import_module

from tailllm.dialects.dialect import Dialect

DIALECTS: tuple[tuple[str, str], ...] = (
    ("native", "Native"),
    ("litellm", "LiteLLM"),
    ("simonw_llm", "SimonwLLM"),
    ("inspect_ai", "InspectAI"),
    ("server_logs", "ServerLogs"),
    ("openai_batch", "OpenAIBatch"),
    ("bedrock_invocation", "BedrockInvocation"),
    ("claude_code_transcript", "ClaudeCodeTranscript"),
    ("langfuse", "Langfuse"),
    ("mlflow", "MLflow"),
    ("anthropic_messages", "AnthropicMessages"),
    ("openai_chat", "OpenAIChat"),
    ("openai_responses", "OpenAIResponses"),
    ("otel_genai", "OTelGenAI"),
    ("app_logs", "AppLogs"),
)
"""Module and class of each."""


def dialects() -> Iterator[Dialect]:
    """One of each, loaded when it is reached: the first screen waits for those that are asked."""
    for module, name in DIALECTS:
        dialect: Dialect = getattr(import_module(f"tailllm.dialects.{module}"), name)()
        yield dialect
