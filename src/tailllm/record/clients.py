"""Clients with a recording transport under them."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tailllm.errors import UsageError
from tailllm.record.transport import AsyncTransport, Transport
from tailllm.record.writer import Journal

OURS = frozenset(
    {"sample", "cap_bytes", "urls", "provider", "rotate", "redact", "checks", "queue_bytes"}
)
"""Options of the recording; all others are the client's."""


def client(where: str | Path | Journal, *, library: Any = None, **options: Any) -> Any:
    """An HTTP client that records model calls: `OpenAI(http_client=client("calls.jsonl"))`.

    It has the limits and redirects of the OpenAI and Anthropic clients, which httpx alone
    does not have: 1,000 connections, and redirects are followed.

    Args:
        where: The file, or a `Journal`.
        library: The module to take `Client` from: `httpx` or `httpx2`. Newer OpenAI and
            Anthropic clients need httpx2, so that is taken where it is installed.
        options: Those of `Transport` and of `Journal`; all others go to the `Client`.
    """
    return _client("Client", where, library, options)


def async_client(where: str | Path | Journal, *, library: Any = None, **options: Any) -> Any:
    """`client`, for `AsyncOpenAI` and `AsyncAnthropic`."""
    return _client("AsyncClient", where, library, options)


def attach(client: Any, where: str | Path | Journal, **options: Any) -> Any:
    """Record what a client does that exists already, and give it back.

    Args:
        client: A client of httpx or httpx2, or a client of OpenAI, Anthropic or any other
            library that keeps one of these as `_client`. Its proxies, limits, certificates
            and timeouts stay as they are. One that records
            already stays so.
        where: The file, or a `Journal`.
        options: Those of `Transport` and of `Journal`.

    Raises:
        UsageError: There is no such client inside.
    """
    http = client if hasattr(client, "_transport") else getattr(client, "_client", None)
    inner = getattr(http, "_transport", None)
    if http is None or inner is None:
        raise UsageError(
            f"{type(client).__name__} holds no httpx client",
            fix="Give an httpx client, or use tailllm.record.call for other libraries.",
        )
    if isinstance(inner, Transport | AsyncTransport):
        return client
    transport = AsyncTransport if hasattr(http, "aclose") else Transport
    http._transport = transport(where, inner, **options)
    # A request whose URL fits a mount, such as a proxy of the environment, goes through it.
    mounts = getattr(http, "_mounts", {})
    for pattern, mounted in mounts.items():
        if mounted is not None:
            mounts[pattern] = transport(where, mounted, **options)
    return client


def _client(kind: str, where: str | Path | Journal, library: Any, options: dict[str, Any]) -> Any:
    ours = {name: options.pop(name) for name in OURS & set(options)}
    library = library or import_module("httpx2" if find_spec("httpx2") else "httpx")
    options.setdefault(
        "limits", library.Limits(max_connections=1000, max_keepalive_connections=100)
    )
    options.setdefault("follow_redirects", True)
    return attach(getattr(library, kind)(**options), where, **ours)
