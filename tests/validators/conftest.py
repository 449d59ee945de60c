"""A boring answered call as folded fields, and one validator run over it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from tailllm.config.kinds import ValidatorSpec
from tailllm.validators.checks import Checks

Judge = Callable[..., dict[str, Any] | None]
SPEC: TypeAdapter[ValidatorSpec] = TypeAdapter(ValidatorSpec)


def answered(**fields: object) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "status": "ok",
        "state": "done",
        "operation_name": "chat",
        "request_model": "gpt-4o-mini",
        "response_model": "gpt-4o-mini-2024-07-18",
        "prompt_name": "billing",
        "prompt_version": "v14",
        "output_text": "Open the app, tap Account, then Rides.",
        "tool_calls": [],
        "finish_reason": "stop",
        "usage": {"input_tokens": 1208, "output_tokens": 214},
        "latency_ms": 900.0,
        "content": "full",
        "evaluations": [],
    }
    return plain | fields


@pytest.fixture
def judge() -> Iterator[Judge]:
    """Run one validator, given as in the config, over one call; the verdict or None."""
    opened: list[Checks] = []

    def run(
        kind: str, options: dict[str, Any] | None = None, **fields: object
    ) -> dict[str, Any] | None:
        spec = SPEC.validate_python({"name": "it", "kind": kind, **(options or {})})
        checks = Checks([spec])
        opened.append(checks)
        call = answered(**fields)
        verdicts = checks.run(call, lambda: {"output_text": call["output_text"]})
        assert len(verdicts) <= 1
        return verdicts[0] if verdicts else None

    yield run
    for checks in opened:
        checks.close()
