"""Asks over HTTP, and nobody but the endpoint that the config names.

No redirect is followed, no proxy or certificate of the environment is used, every wait and
every size has an end, and no key reaches an error, a log or a file. Each worker has a
transport of its own: one pool over many connections costs CPU that grows with their number.
All of them share one context of certificates, which is the dear part.

Source:
    encode/httpx#3215 for the pool; the measurement is in bench/evaluating.py.
"""

import asyncio
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from tailllm import ink
from tailllm.config.targets import AnthropicTarget, Endpoint, HttpTarget, OpenAITarget
from tailllm.errors import ConfigError, SourceError
from tailllm.evals.answers import Answer
from tailllm.evals.asking import Request
from tailllm.evals.light import httpx
from tailllm.evals.replies import MAX_BYTES, Kind, Reply, decoded

CONNECT_S = 3.0
"""Seconds a connection may take: an endpoint that is there answers at once, and one that is
not must be said to be down within ten seconds, after a second try."""
SAID = 200
"""Characters of an endpoint's own words that are shown."""
ANTHROPIC_VERSION = "2023-06-01"
_DOWN = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_DENIED = frozenset({401, 403, 404, 405, 407})
_LENGTHS = frozenset({"content-length", "transfer-encoding", "host", "connection"})


class Destination:
    """Where requests of a target go, with what headers.

    Raises:
        SourceError: The key's environment variable is not set.
        ConfigError: The certificates cannot be read.
    """

    def __init__(self, name: str, target: Endpoint, environ: Mapping[str, str]) -> None:
        self.target = target
        self.timeout_s = target.timeout_s
        self.url = httpx.URL(target.url + _PATHS.get(type(target), ""))
        self.host = self.url.netloc.decode("ascii")
        headers = [*_usual(target), *target.headers.items(), *_secret(name, target, environ)]
        self.headers = [(k.encode("ascii"), v.encode("utf-8")) for k, v in headers]
        self.headers.append((b"Host", self.host.encode("ascii")))
        self._ssl = _certificates(name, target)

    def transport(self) -> httpx.AsyncHTTPTransport:
        """A transport with one connection."""
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        return httpx.AsyncHTTPTransport(
            verify=self._ssl, trust_env=False, limits=limits, proxy=self.target.proxy
        )


class Connection:
    """One worker's way to an endpoint."""

    def __init__(self, destination: Destination) -> None:
        self._to = destination
        self._transport = destination.transport()
        wait = destination.timeout_s
        self._timeouts = {
            "connect": min(CONNECT_S, wait),
            "read": wait,
            "write": wait,
            "pool": wait,
        }

    async def ask(self, request: Request) -> Reply:
        """Post the request and read what comes, within the time of the target."""
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(self._to.timeout_s):
                status, headers, body = await self._exchange(request.text)
        except TimeoutError:
            return Reply(Kind.DOWN, why=f"{self._to.host} took over {self._to.timeout_s:g} s")
        except (httpx.HTTPError, OSError, ssl.SSLError) as error:
            return _failed(self._to.host, error)
        if body is None:
            return Reply(Kind.UNUSABLE, why=f"the answer is over {MAX_BYTES >> 20} MiB")
        ms = (time.perf_counter() - begun) * 1000
        return self._read(status, headers, body, ms)

    async def close(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def _exchange(self, content: bytes) -> tuple[int, httpx.Headers, bytes | None]:
        length = (b"Content-Length", str(len(content)).encode("ascii"))
        request = httpx.Request(
            "POST",
            self._to.url,
            headers=[*self._to.headers, length],
            content=content,
            extensions={"timeout": self._timeouts},
        )
        response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 -- of this transport
        body: bytearray | None = bytearray()
        try:
            async for piece in response.stream:
                if len(body or b"") + len(piece) > MAX_BYTES:
                    body = None
                    break
                if body is not None:
                    body += piece
        finally:
            await response.stream.aclose()
        return response.status_code, response.headers, None if body is None else bytes(body)

    def _read(self, status: int, headers: httpx.Headers, body: bytes, ms: float) -> Reply:
        if not 200 <= status < 300:
            return _refused(self._to.host, status, headers, body)
        if headers.get("content-encoding", "identity") != "identity":
            return Reply(Kind.BROKEN, why="the answer is packed though nobody asked for that")
        value = decoded(body)
        if value is None:
            return Reply(Kind.BROKEN, why=f"{self._to.host} answered with no JSON")
        if isinstance(self._to.target, HttpTarget) and self._to.target.answer:
            value = _found(self._to.target.answer, value)
            if value is None:
                return Reply(Kind.BROKEN, why=f"nothing at {self._to.target.answer} in the answer")
        return Reply(Kind.OK, Answer(value, ms))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the endpoint asks us to wait; None when it does not say.

    Args:
        now: Seconds since the epoch, for a date.
    """
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        said = headers.get(name, "")
        try:
            return max(0.0, float(said) * scale)
        except ValueError:
            pass
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - now)
    except (ValueError, TypeError):
        return None


_PATHS: dict[type[Endpoint], str] = {
    OpenAITarget: "/chat/completions",
    AnthropicTarget: "/messages",
}


def _usual(target: Endpoint) -> list[tuple[str, str]]:
    found = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("User-Agent", "tailllm-eval"),
    ]
    if isinstance(target, AnthropicTarget):
        found.append(("anthropic-version", ANTHROPIC_VERSION))
    return found


def _secret(name: str, target: Endpoint, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    if target.key is None:
        return []
    key = environ.get(target.key, "").strip()
    if not key or not (key.isascii() and key.isprintable()):
        what = "holds no key" if key else "is not set"
        raise SourceError(
            f"targets.{name}: the environment variable {target.key} {what}",
            fix="Set it and try again; nothing was sent. --replay needs no key.",
        )
    if isinstance(target, AnthropicTarget):
        return [("x-api-key", key)]
    return [("Authorization", f"Bearer {key}")]


def _certificates(name: str, target: Endpoint) -> ssl.SSLContext:
    if urlsplit(target.url).scheme == "http" and not target.proxy:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and nobody will ask it
    try:
        if target.ca_file:
            return ssl.create_default_context(cafile=target.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"targets.{name}.ca_file: {target.ca_file} cannot be used: {error}",
            fix="Name a file of certificates in PEM form.",
        ) from None
    return httpx.create_ssl_context(verify=True, trust_env=False)


def _failed(host: str, error: Exception) -> Reply:
    """A failure in our words: those of the library may hold an address with more in it."""
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
        return Reply(Kind.DENIED, why=f"the certificate of {host} is not trusted (ca_file?)")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Reply(Kind.DOWN, why=f"{host} cannot be reached")
    if isinstance(error, httpx.RemoteProtocolError):
        return Reply(Kind.BROKEN, why=f"{host} broke off in the middle of an answer")
    return Reply(Kind.DOWN, why=f"{host} failed: {type(error).__name__}")


def _refused(host: str, status: int, headers: httpx.Headers, body: bytes) -> Reply:
    why = f"{host} answered {status}{_words(body)}"
    if 300 <= status < 400:
        return Reply(Kind.DENIED, why=f"{host} answered {status}: redirects are not followed")
    wait = retry_after(headers, time.time())
    if status == 429 or (status == 503 and wait is not None):
        return Reply(Kind.THROTTLED, why=why, retry_after_s=wait)
    if status in _DENIED:
        return Reply(Kind.DENIED, why=why)
    return Reply(Kind.DOWN if status in _DOWN or status >= 500 else Kind.UNUSABLE, why=why)


def _words(body: bytes) -> str:
    """What the endpoint says about it, if it says it in the usual form."""
    found = decoded(body)
    error = found.get("error", found) if isinstance(found, dict) else None
    said = error.get("message") if isinstance(error, dict) else error
    return f": {ink.line(said[:SAID])}" if isinstance(said, str) and said else ""


def _found(path: str, value: Any) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(path, value)
    except (JMESPathError, RecursionError):
        return None
