"""What the caller knows and the wire does not: which prompt, which session, which user."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Facts = Mapping[str, Any]

_facts: ContextVar[Facts] = ContextVar("tailllm.record", default={})  # noqa: B039 -- never written to


@contextmanager
def context(
    *,
    prompt: str | Mapping[str, Any] | None = None,
    session: str | None = None,
    conversation: str | None = None,
    user: str | None = None,
    route: str | None = None,
    trace_id: str | None = None,
    span_id: str | None = None,
    tags: Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Say what every call inside belongs to.

    Contexts nest: an inner one changes what it names, and adds to the metadata. They follow
    tasks of asyncio; a thread of your own starts without one, unless you run it in
    `contextvars.copy_context()` as `asyncio.to_thread` does.

    Args:
        prompt: The template's name and version: `"billing@v15"`, or the two as a mapping.
        route: Your own endpoint or feature that needs the calls: `"/api/chat"`.
    """
    given = {
        "prompt": prompt_ref(prompt),
        "session": session,
        "conversation": conversation,
        "user": user,
        "route": route,
        "trace_id": trace_id,
        "span_id": span_id,
        "tags": None if tags is None else list(tags),
    }
    outer = _facts.get()
    inner = {**outer, **{name: value for name, value in given.items() if value is not None}}
    if metadata:
        inner["metadata"] = {**outer.get("metadata", {}), **metadata}
    token = _facts.set(inner)
    try:
        yield
    finally:
        _facts.reset(token)


def current() -> Facts:
    """What holds for a call that starts here; not to be written to."""
    return _facts.get()


def prompt_ref(prompt: str | Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The native line's `prompt`."""
    if prompt is None or isinstance(prompt, Mapping):
        return None if prompt is None else dict(prompt)
    name, _, version = str(prompt).rpartition("@")
    return {"name": name, "version": version} if name else {"name": version}
