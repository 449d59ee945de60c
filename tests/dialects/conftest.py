"""Boring valid parts of calls, to vary."""

from collections.abc import Callable
from typing import Any

import pytest

from tailllm.dialects.assembly import Assembler, Folded
from tailllm.records.line import Address
from tailllm.records.part import Part

NOON = 1_795_348_800.0


@pytest.fixture
def make_part() -> Callable[..., Part]:
    offsets = iter(range(0, 10**9, 1_000))

    def make(*keys: str, kind: Any = "piece", parent: str | None = None, **fields: Any) -> Part:
        return Part(keys, dict(fields), Address("f", next(offsets), 999), kind, parent)

    return make


@pytest.fixture
def make_span(make_part: Callable[..., Part]) -> Callable[..., Part]:
    """A span of a good call that took a second."""

    def make(trace: str, span: str, *more: str, **fields: Any) -> Part:
        plain = {"start_time": NOON, "latency_ms": 1_000.0, "state": "done", "status": "ok"}
        plain |= {"trace_id": trace, "request_model": "m"}
        return make_part(f"span:{trace}:{span}", *more, **(plain | fields))

    return make


def final(parts: list[Part], **bounds: int) -> list[Folded]:
    """What is shown after all parts, one by one."""
    assembler = Assembler(**bounds)
    shown: dict[int, Folded] = {}
    for part in parts:
        for folded in assembler.add([part]):
            for slot in folded.absorbed:
                del shown[slot]
            shown[folded.slot] = folded
    return list(shown.values())
