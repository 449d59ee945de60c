"""The part of a call that a table, a percentile or a filter needs, and no prompt."""

from typing import NamedTuple

from tailllm.records.line import Address


class Row(NamedTuple):
    """One call in a list. Small on purpose: a log of a day is a million of these.

    None means "the log does not say". The full call is read again from its `source`.
    """

    key: str
    format: str
    status: str
    state: str
    at: float
    """Seconds since the epoch: when the call started, or when we read it if the log is silent."""
    arrived: float
    """Seconds since the epoch: when we read it."""
    latency_ms: float | None
    ttft_ms: float | None
    operation_name: str | None
    provider_name: str | None
    model: str | None
    """The model that answered, or the one that was asked."""
    prompt_name: str | None
    prompt_version: str | None
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_input_tokens: int | None
    reasoning_output_tokens: int | None
    cost: float | None
    error_type: str | None
    http_status: int | None
    trace_id: str | None
    conversation_id: str | None
    """Conversation or session: what `o` steps through."""
    user_id: str | None
    host: str | None
    """The machine that made the call."""
    route: str | None
    """The service's endpoint or feature that needed it."""
    tool_calls: int
    verdicts: tuple[tuple[str, str], ...]
    """(validator, passed | failed | errored | unjudged), in order."""
    preview: str
    """The start of the last user text, at most 160 characters, as logged."""
    reply: str
    """The start of the answer, at most 160 characters, as logged."""
    source: tuple[Address, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The validators this call failed."""
        return tuple(name for name, outcome in self.verdicts if outcome == "failed")

    @property
    def errored(self) -> tuple[str, ...]:
        """The validators that could not decide."""
        return tuple(name for name, outcome in self.verdicts if outcome == "errored")

    @property
    def is_bad(self) -> bool:
        """Whether a person on call should look: an error or a failed validator."""
        return self.status == "error" or any(o == "failed" for _, o in self.verdicts)
