"""Writes a native line for every model call, from inside somebody's service.

    client = OpenAI(http_client=tailllm.record.client("calls.jsonl"))

Whatever goes wrong here, the call goes through untouched and the loss is counted. The
names below are imported when they are used: `import tailllm.record` brings no httpx, and
`call`, `recorded` and `Handler` never do. The contract is in docs/recording.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tailllm.record.clients import async_client as async_client
    from tailllm.record.clients import attach as attach
    from tailllm.record.clients import client as client
    from tailllm.record.decorator import recorded as recorded
    from tailllm.record.facts import context as context
    from tailllm.record.logs import Handler as Handler
    from tailllm.record.plain import call as call
    from tailllm.record.transport import AsyncTransport as AsyncTransport
    from tailllm.record.transport import Transport as Transport
    from tailllm.record.writer import Journal as Journal
    from tailllm.record.writer import flush as flush
    from tailllm.record.writer import journal as journal

_HOMES = {
    "AsyncTransport": "transport",
    "Handler": "logs",
    "Journal": "writer",
    "Transport": "transport",
    "async_client": "clients",
    "attach": "clients",
    "call": "plain",
    "client": "clients",
    "context": "facts",
    "flush": "writer",
    "journal": "writer",
    "recorded": "decorator",
}
"""Public name: the module it lives in."""


def __getattr__(name: str) -> Any:
    """Import a public name when somebody asks for it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
