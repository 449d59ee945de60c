"""Bodies of OpenAI's Responses API in the logs that people write themselves.

The shapes of the lines are in `exchange`, the bodies in `responses_body`.
"""

from tailllm.dialects import bodies
from tailllm.dialects.exchange import Exchange
from tailllm.dialects.responses_wire import ResponsesWire


class OpenAIResponses(Exchange):
    """Requests and answers in OpenAI's Responses form."""

    name = "openai_responses"
    form = bodies.RESPONSES

    def __init__(self) -> None:
        super().__init__()
        self._wire = ResponsesWire(self.form)
