"""Validators of numbers and of the finish reason."""

from tailllm.config.specs import FinishReasonSpec, MaxLatencySpec, MaxTokensSpec, MaxTtftSpec
from tailllm.records.part import Fields
from tailllm.validators.verdict import PASSED, Judge, Verdict, failed


def max_time(spec: MaxLatencySpec | MaxTtftSpec, field: str) -> Judge:
    """A limit in milliseconds; an errored call can fail it but never pass it."""

    def judge(call: Fields) -> Verdict | None:
        took = call.get(field)
        if took is None or call.get("state") == "partial":
            return None
        if took > spec.ms:
            return failed(f"{took:,.0f} ms, over {spec.ms:,.0f} ms")
        return None if call.get("status") == "error" else PASSED

    return judge


def max_tokens(spec: MaxTokensSpec) -> Judge:
    """Token limits; a number the log does not give is not judged."""
    limits = {"input": spec.input, "output": spec.output}

    def judge(call: Fields) -> Verdict | None:
        usage = call.get("usage") or {}
        if call.get("state") == "partial" or call.get("status") == "error":
            return None
        verdicts = []
        for side, limit in limits.items():
            used = usage.get(f"{side}_tokens")
            if limit is None or used is None:
                continue
            if used > limit:
                return failed(f"{used:,} {side} tokens, over {limit:,}")
            verdicts.append(PASSED)
        given = sum(limit is not None for limit in limits.values())
        return PASSED if len(verdicts) == given else None

    return judge


def finish_reason(spec: FinishReasonSpec) -> Judge:
    """The reason after mapping; one that cannot be mapped is not allowed either."""

    def judge(call: Fields) -> Verdict | None:
        reason = call.get("finish_reason") or call.get("finish_reason_raw")
        if reason is None or call.get("state") == "partial" or call.get("status") == "error":
            return None
        if reason in spec.allowed:
            return PASSED
        return failed(f"finished by {reason}, allowed: {', '.join(spec.allowed)}")

    return judge
