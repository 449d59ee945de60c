"""Which differences between two periods are the model's answers, and which its provider's."""

from tailllm.store.changes import Changes, Difference

ALPHA = 0.01
PROVIDER = frozenset({"model", "provider", "format"})
"""What somebody else changed: another model answers, or another one is asked."""
ASKED = frozenset({"input_tokens", "prompt", "operation"})
"""What is sent, and so no answer."""


def provider(found: Changes) -> list[Difference]:
    """Another model or provider answers than before."""
    return [one for one in _sure(found) if one.what in PROVIDER]


def answers(found: Changes) -> list[Difference]:
    """Failures, verdicts, finish reasons, latency and tokens of the answers."""
    return [one for one in _sure(found) if one.what not in PROVIDER | ASKED]


def _sure(found: Changes) -> list[Difference]:
    return [one for one in found.differences if one.chance <= ALPHA]
