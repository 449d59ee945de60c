"""Asks one server over HTTP: the one that the config names, and nobody else.

No redirect is followed, no proxy or certificate of the environment is used, every wait and
every size has an end, and the token is in no error, log or file. What a server says in a
body is data; an address in it is never asked.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from tailllm import ink
from tailllm.channel.trouble import (
    BarredError,
    DeniedError,
    DownError,
    ThrottledError,
    TroubleError,
)
from tailllm.config.channels import Hosted
from tailllm.errors import ConfigError, SourceError
from tailllm.evals.endpoint import retry_after
from tailllm.evals.light import httpx
from tailllm.evals.replies import MAX_BYTES, decoded

CONNECT_S = 5.0
_DOWN = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: httpx.Headers
    value: Any
    """The JSON of the body; None when it is none."""


class Wire:
    """The way to one server; one request after the other.

    Raises:
        SourceError: The token's environment variable is not set.
        ConfigError: The certificates cannot be read.
    """

    def __init__(
        self, name: str, spec: Hosted, environ: Mapping[str, str], clock: Callable[[], float]
    ) -> None:
        self._spec = spec
        self._clock = clock
        self._base = spec.url
        self.host = httpx.URL(spec.url).netloc.decode("ascii")
        self._headers = [
            ("Host", self.host),
            ("Accept", "application/json"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "tailllm-sync"),
            ("Authorization", f"Bearer {_token(name, spec, environ)}"),
        ]
        self._ssl = _certificates(name, spec)
        self._runner = asyncio.Runner()
        self._transport: httpx.AsyncHTTPTransport | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._runner.run(self._transport.aclose())
        self._runner.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Ask once, within the time of the config.

        Args:
            method: GET or POST.
            path: From the address of the config on.
            query: What stands behind the question mark.
            body: Sent as JSON.

        Raises:
            DownError: No answer, or that of a server in trouble.
            ThrottledError: Too many requests.
            DeniedError: A redirect, a certificate nobody trusts, a refusal.
        """
        return self._runner.run(self._asked(method, path, query or {}, body))

    async def _asked(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        body: Mapping[str, Any] | None,
    ) -> Answer:
        url = httpx.URL(self._base + path, params=dict(query) or None)
        try:
            async with asyncio.timeout(self._spec.timeout_s):
                status, headers, content = await self._exchange(method, url, body)
        except TimeoutError:
            raise DownError(f"{self.host} took over {self._spec.timeout_s:g} s") from None
        except (httpx.HTTPError, OSError, ssl.SSLError) as error:
            await self._begin_anew()
            raise _failed(self.host, error) from None
        answer = Answer(status, headers, decoded(content))
        self._refuse(answer)
        return answer

    async def _exchange(
        self, method: str, url: httpx.URL, body: Mapping[str, Any] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        if self._transport is None:
            limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
            self._transport = httpx.AsyncHTTPTransport(
                verify=self._ssl, trust_env=False, limits=limits, proxy=self._spec.proxy
            )
        wait = self._spec.timeout_s
        times = {"connect": min(CONNECT_S, wait), "read": wait, "write": wait, "pool": wait}
        request = httpx.Request(
            method, url, headers=self._headers, json=body, extensions={"timeout": times}
        )
        response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 -- of this transport
        content = bytearray()
        try:
            async for piece in response.stream:
                content += piece
                if len(content) > MAX_BYTES:
                    raise DownError(f"{self.host} answered with over {MAX_BYTES >> 20} MiB")
        finally:
            await response.stream.aclose()
        return response.status_code, response.headers, bytes(content)

    async def _begin_anew(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

    def _refuse(self, answer: Answer) -> None:
        """Raise what the status says."""
        status = answer.status
        why = f"{self.host} answered {status}"
        if 200 <= status < 300:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise DownError(f"{self.host} packs its answers though nobody asked for that")
            return
        if 300 <= status < 400:
            raise BarredError(f"{why}: redirects are not followed")
        wait = self._wait_s(answer)
        if status == 429 or (status in (403, 503) and wait is not None):
            raise ThrottledError(f"{why}: too many requests", wait)
        if status in _DOWN or status >= 500:
            raise DownError(why)
        kind = BarredError if status in _HINTS else DeniedError
        raise kind(f"{why}{_HINTS.get(status, '')}")

    def _wait_s(self, answer: Answer) -> float | None:
        """Seconds to wait: `Retry-After`, or GitHub's moment at which the hour begins anew."""
        now = self._clock()
        said = retry_after(answer.headers, now)
        if said is None and answer.headers.get("x-ratelimit-remaining") == "0":
            try:
                said = max(1.0, float(answer.headers.get("x-ratelimit-reset", "")) - now)
            except ValueError:
                return None
        return said


_HINTS = {
    401: ": the token is not accepted",
    403: ": the token may not do this",
    404: ": no such place, or the token may not see it",
}


def _token(name: str, spec: Hosted, environ: Mapping[str, str]) -> str:
    token = environ.get(spec.token, "").strip()
    if not token or not (token.isascii() and token.isprintable()):
        what = "holds no token" if token else "is not set"
        raise SourceError(
            f"channels.{name}: the environment variable {spec.token} {what}",
            fix="Set it and sync again; nothing was sent.",
        )
    return token


def _certificates(name: str, spec: Hosted) -> ssl.SSLContext:
    if urlsplit(spec.url).scheme == "http" and not spec.proxy:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and nobody will ask it
    try:
        if spec.ca_file:
            return ssl.create_default_context(cafile=spec.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"channels.{name}.ca_file: {ink.line(spec.ca_file or '')} cannot be used: {error}",
            fix="Name a file of certificates in PEM form.",
        ) from None
    return httpx.create_ssl_context(verify=True, trust_env=False)


def _failed(host: str, error: Exception) -> TroubleError:
    """A failure in our words: those of the library may hold an address with more in it."""
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
        return BarredError(f"the certificate of {host} is not trusted (ca_file?)")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return DownError(f"{host} cannot be reached")
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return DownError(f"{host} broke off in the middle of an answer")
    return DownError(f"{host} failed: {type(error).__name__}")
