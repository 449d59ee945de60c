"""The dialects, in the order they are asked who knows a line.

The one place to add a format. Narrow signs come before broad ones.
"""

from tailllm.dialects.anthropic_messages import AnthropicMessages
from tailllm.dialects.bedrock_invocation import BedrockInvocation
from tailllm.dialects.claude_code_transcript import ClaudeCodeTranscript
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.langfuse import Langfuse
from tailllm.dialects.mlflow import MLflow
from tailllm.dialects.native import Native
from tailllm.dialects.openai_chat import OpenAIChat
from tailllm.dialects.otel_genai import OTelGenAI

DIALECTS: tuple[type[Dialect], ...] = (
    Native,
    BedrockInvocation,
    ClaudeCodeTranscript,
    Langfuse,
    MLflow,
    AnthropicMessages,
    OpenAIChat,
    OTelGenAI,
)
