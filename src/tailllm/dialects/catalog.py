"""The dialects, in the order they are asked who knows a line.

The one place to add a format. Narrow signs come before broad ones.
"""

from tailllm.dialects.anthropic_messages import AnthropicMessages
from tailllm.dialects.app_logs import AppLogs
from tailllm.dialects.bedrock_invocation import BedrockInvocation
from tailllm.dialects.claude_code_transcript import ClaudeCodeTranscript
from tailllm.dialects.dialect import Dialect
from tailllm.dialects.inspect_ai import InspectAI
from tailllm.dialects.langfuse import Langfuse
from tailllm.dialects.litellm import LiteLLM
from tailllm.dialects.mlflow import MLflow
from tailllm.dialects.native import Native
from tailllm.dialects.openai_batch import OpenAIBatch
from tailllm.dialects.openai_chat import OpenAIChat
from tailllm.dialects.openai_responses import OpenAIResponses
from tailllm.dialects.otel_genai import OTelGenAI
from tailllm.dialects.server_logs import ServerLogs
from tailllm.dialects.simonw_llm import SimonwLLM

DIALECTS: tuple[type[Dialect], ...] = (
    Native,
    LiteLLM,
    SimonwLLM,
    InspectAI,
    ServerLogs,
    OpenAIBatch,
    BedrockInvocation,
    ClaudeCodeTranscript,
    Langfuse,
    MLflow,
    AnthropicMessages,
    OpenAIChat,
    OpenAIResponses,
    OTelGenAI,
    AppLogs,
)
