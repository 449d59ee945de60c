"""The files of OpenAI's Batch API: the requests, the answers, the failures.

    output, errors   `custom_id` with `response.{status_code,body}` and `error`: one call a line
    input            `custom_id` with `method`, `url` and `body`: a request and no call yet

An answer's line does not repeat its request. They are joined by `custom_id` where both files
are open; a request alone is not counted. Two answers to one `custom_id`, from a batch that ran
again, are two calls. The files tell no latency.
"""

from typing import Any

from tailllm.dialects import bodies, terms
from tailllm.dialects.dialect import Dialect, line_key
from tailllm.dialects.values import filled, http_status, instant, mapping, text
from tailllm.records.line import Address
from tailllm.records.part import Fields, Part

_REFUSED = 400


class OpenAIBatch(Dialect):
    """Lines with a `custom_id`."""

    name = "openai_batch"

    def claims(self, value: dict[str, Any]) -> bool:
        """The id that the caller chose, beside a request or what came of it."""
        return "custom_id" in value and (
            ("response" in value and "error" in value) or ("url" in value and "body" in value)
        )

    def read(self, value: dict[str, Any], address: Address) -> list[Part] | str:
        """An answer is a call; a request waits for its answer and is none by itself."""
        own = text(value.get("custom_id"))
        if own is None:
            return "a batch line without a custom_id"
        asked = f"asked:{self.name}:{own}"
        if "response" not in value:
            body = bodies.opened(value.get("body"))
            if bodies.form_of(body) is None:
                return "a batch request that asks no model to answer"
            return [Part((asked,), bodies.request(body), address, "evaluation")]
        return self._answer(value, asked, address)

    def _answer(self, value: dict[str, Any], asked: str, address: Address) -> list[Part] | str:
        response = mapping(value.get("response"))
        body = mapping(response.get("body"))
        if body.get("object") == "list" or "embed" in str(body.get("model")):
            return "a batch answer of embeddings"
        fields = bodies.answer(body) if body else {}
        fields |= _failed(value.get("error"))
        if (http_status(response.get("status_code")) or 0) >= _REFUSED:
            fields["status"] = "error"
        fields |= filled(
            format=self.name,
            state="done",
            operation_name="chat",
            stream=False,
            http_status=http_status(response.get("status_code")),
            start_time=instant(body.get("created", body.get("created_at"))),
        )
        metadata = filled(
            custom_id=text(value.get("custom_id")),
            batch_request_id=text(value.get("id")),
            request_id=text(response.get("request_id")),
        )
        fields["metadata"] = mapping(fields.get("metadata")) | metadata
        response_id = fields.get("response_id")
        own = metadata.get("batch_request_id")
        keys = [f"resp:{response_id}"] if response_id else []
        keys += [f"{self.name}:{own}" if own else line_key(address), asked]
        return [Part(tuple(keys), fields, address, "piece")]


def _failed(error: Any) -> Fields:
    """The batch's own error: the request was never executed."""
    return {"status": "error"} | terms.error_body(error) if isinstance(error, dict) else {}
