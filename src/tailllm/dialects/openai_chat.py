"""Bodies of chat completions in the logs that people write themselves.

The shapes of the lines are in `exchange`, the bodies in `openai_body`.
"""

from tailllm.dialects import bodies
from tailllm.dialects.exchange import Exchange


class OpenAIChat(Exchange):
    """Requests and answers in OpenAI's chat form."""

    name = "openai_chat"
    form = bodies.CHAT
