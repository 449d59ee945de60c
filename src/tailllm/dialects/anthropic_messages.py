"""Bodies of Anthropic's Messages API in the logs that people write themselves.

The shapes of the lines are in `exchange`, the bodies in `anthropic_body`. In a wire log only
the first event of an answer carries its id: those after it belong to the stream opened last.
"""

from tailllm.dialects import bodies
from tailllm.dialects.exchange import Exchange


class AnthropicMessages(Exchange):
    """Requests and answers in the form of Anthropic's messages."""

    name = "anthropic_messages"
    form = bodies.MESSAGES
