"""Transports that sit under a client and note what passes through them.

They work under httpx and under its successor httpx2, which newer OpenAI and Anthropic
clients use: the classes are the same, so what is needed of them is taken from the response.
"""

import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from tailllm.record.draft import HttpDraft
from tailllm.record.exchange import Exchange, sampled
from tailllm.record.facts import current
from tailllm.record.urls import MODEL_CALLS, matcher
from tailllm.record.writer import Journal, journal

CAP_BYTES = 1 << 20


class _Watch:
    """Begins, fills and hands over exchanges; nothing in here may fail a call."""

    def __init__(
        self,
        where: str | Path | Journal,
        *,
        sample: float = 1.0,
        cap_bytes: int = CAP_BYTES,
        urls: Sequence[str] = MODEL_CALLS,
        provider: str | None = None,
        **options: Any,
    ) -> None:
        self.journal = journal(where, **options)
        self._sample = sample
        self._cap_bytes = cap_bytes
        self._is_model_call = matcher(urls).match
        self._provider = provider

    def begin(self, request: Any) -> Exchange | None:
        """The exchange of a request; None when it is not recorded."""
        try:
            if request.method != "POST" or not self._is_model_call(request.url.raw_path):
                return None
            if not sampled(self._sample, current()):
                return None
            exchange = Exchange(url=request.url, headers=request.headers, cap_bytes=self._cap_bytes)
            exchange.provider, exchange.sample = self._provider, self._sample
            # A body that is a stream is the caller's to read, once: asking for it raises.
            with suppress(Exception):
                exchange.sent(request.content)
        except Exception as error:  # noqa: BLE001 -- the call goes on without us
            self.journal.lose(f"{type(error).__name__} while it began")
            return None
        return exchange

    def answered(self, exchange: Exchange, response: Any, tee: type["_Tee"]) -> None:
        """The head of the answer is here; its body will pass through `tee`."""
        try:
            exchange.status = response.status_code
            exchange.response_headers = response.headers
            if response.is_stream_consumed:
                # It came whole, from a cache or a mock: nobody will read its stream again.
                exchange.add(b"".join(response.stream))
                self.end(exchange)
                return
            response.stream = _tee_of(tee, type(response.stream))(response.stream, exchange, self)
        except Exception as error:  # noqa: BLE001 -- the call goes on without us
            self.journal.lose(f"{type(error).__name__} while it was answered")

    def end(
        self, exchange: Exchange, error: BaseException | None = None, ended: str = "whole"
    ) -> None:
        """The call is over, in whichever way."""
        try:
            if exchange.end(error, ended=ended):
                self.journal.put(HttpDraft(exchange))
        except Exception as trouble:  # noqa: BLE001 -- the call goes on without us
            self.journal.lose(f"{type(trouble).__name__} while it ended")

    def give_up(self, exchange: Exchange, trouble: Exception) -> None:
        """The call can no longer be recorded; it goes on."""
        if exchange.end(ended="lost"):
            self.journal.lose(f"{type(trouble).__name__} while it streamed")


class _Tee:
    """A body that is noted as it passes."""

    def __init__(self, stream: Any, exchange: Exchange, watch: _Watch) -> None:
        self._stream = stream
        self._exchange = exchange
        self._watch = watch

    def __del__(self) -> None:
        """A response that nobody read or closed was a call all the same."""
        self._watch.end(self._exchange, ended="abandoned")


class _SyncTee(_Tee):
    def __iter__(self) -> Iterator[bytes]:
        add = self._exchange.add
        try:
            for chunk in self._stream:
                try:
                    add(chunk)
                except Exception as trouble:  # noqa: BLE001 -- the chunk goes on without us
                    self._watch.give_up(self._exchange, trouble)
                yield chunk
        except BaseException as error:
            self._watch.end(self._exchange, error)
            raise
        self._watch.end(self._exchange)

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._watch.end(self._exchange, ended="closed")


class _AsyncTee(_Tee):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        add = self._exchange.add
        try:
            async for chunk in self._stream:
                try:
                    add(chunk)
                except Exception as trouble:  # noqa: BLE001 -- the chunk goes on without us
                    self._watch.give_up(self._exchange, trouble)
                yield chunk
        except BaseException as error:
            self._watch.end(self._exchange, error)
            raise
        self._watch.end(self._exchange)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        except BaseException as error:
            self._watch.end(self._exchange, error)
            raise
        self._watch.end(self._exchange, ended="closed")


_TEES: dict[tuple[type[_Tee], type], type[_Tee]] = {}


def _tee_of(tee: type[_Tee], stream: type) -> type[_Tee]:
    """The tee as a stream of the library that made `stream`: its client asks for that."""
    if (tee, stream) not in _TEES:
        _TEES[tee, stream] = _made(tee, stream)
    return _TEES[tee, stream]


def _made(tee: type[_Tee], stream: type) -> type[_Tee]:
    name = "SyncByteStream" if issubclass(tee, _SyncTee) else "AsyncByteStream"
    for base in stream.__mro__:
        library = sys.modules.get(base.__module__.partition(".")[0])
        found = getattr(library, name, None)
        if found is not None and issubclass(stream, found):
            return type(tee.__name__, (tee, found), {})
    return tee


class Transport(httpx.BaseTransport):
    """Records the model calls that go through another transport.

    Args:
        where: The file, or a `Journal`.
        inner: The transport that does the work.
        sample: The share of calls to record, 0 to 1; whole sessions where they are known.
        cap_bytes: Kept of a request and of an answer; the record says what was cut.
        urls: Globs over the path of what is a model call.
        provider: Its name, where the host does not tell.
        options: For the journal: `rotate`, `redact`, `checks`.
    """

    def __init__(self, where: str | Path | Journal, inner: Any = None, **options: Any) -> None:
        self.inner = httpx.HTTPTransport() if inner is None else inner
        self._watch = _Watch(where, **options)

    def handle_request(self, request: Any) -> Any:
        """Pass the request on; what comes back passes by us."""
        exchange = self._watch.begin(request)
        if exchange is None:
            return self.inner.handle_request(request)
        try:
            response = self.inner.handle_request(request)
        except BaseException as error:
            self._watch.end(exchange, error)
            raise
        self._watch.answered(exchange, response, _SyncTee)
        return response

    def close(self) -> None:
        """Close the inner transport; the journal goes on for the others."""
        self.inner.close()

    def __enter__(self) -> "Transport":
        self.inner.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.inner.__exit__(exc_type, exc_value, traceback)


class AsyncTransport(httpx.AsyncBaseTransport):
    """`Transport` for asyncio and trio."""

    def __init__(self, where: str | Path | Journal, inner: Any = None, **options: Any) -> None:
        self.inner = httpx.AsyncHTTPTransport() if inner is None else inner
        self._watch = _Watch(where, **options)

    async def handle_async_request(self, request: Any) -> Any:
        """Pass the request on; what comes back passes by us."""
        exchange = self._watch.begin(request)
        if exchange is None:
            return await self.inner.handle_async_request(request)
        try:
            response = await self.inner.handle_async_request(request)
        except BaseException as error:
            self._watch.end(exchange, error)
            raise
        self._watch.answered(exchange, response, _AsyncTee)
        return response

    async def aclose(self) -> None:
        """Close the inner transport; the journal goes on for the others."""
        await self.inner.aclose()

    async def __aenter__(self) -> "AsyncTransport":
        await self.inner.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.inner.__aexit__(exc_type, exc_value, traceback)
