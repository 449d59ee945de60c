"""A decorator for functions that call a model by other means than httpx."""

import functools
import inspect
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tailllm.record.plain import call
from tailllm.record.writer import Journal, journal

Function = TypeVar("Function", bound=Callable[..., Any])


def recorded(where: str | Path | Journal, **fields: Any) -> Callable[[Function], Function]:
    """Record every call of a function, of a coroutine, or of a generator that streams text.

    Keyword arguments `messages` and `model` mean what they say, and then all of them are
    the request; any other arguments become one user message. A string that comes back is the
    output, the strings of a generator are its pieces, and anything else is the response.

    Args:
        where: The file, or a `Journal`.
        fields: Fields that hold for every call: `model`, `prompt`, `tags`, …
    """
    log = journal(where)

    def wrap(function: Function) -> Function:
        return functools.wraps(function)(_wrapper(function, log, fields))  # type: ignore[return-value]

    return wrap


class _Span:
    """One run of the function."""

    def __init__(
        self, log: Journal, fields: Mapping[str, Any], args: Any, kwargs: Mapping[str, Any]
    ) -> None:
        self._log = log
        self._fields = {**fields, "started": time.time()}
        self._begun = time.perf_counter()
        self._pieces: list[str] = []
        try:
            self._fields |= _asked(args, kwargs)
        except Exception:  # noqa: BLE001 -- an argument that cannot be shown is not the call's fault
            log.lose("arguments that cannot be shown")

    def piece(self, piece: Any) -> None:
        if not self._pieces:
            self._fields["ttft_ms"] = self._elapsed_ms()
        self._pieces.append(piece if isinstance(piece, str) else "")

    def done(self, result: Any = None, error: BaseException | None = None) -> None:
        name = "output" if isinstance(result, str) else "response"
        if self._pieces:
            name, result = "output", "".join(self._pieces)
        if error is not None and not isinstance(error, GeneratorExit):
            self._fields["error"] = error
        if isinstance(error, GeneratorExit):
            self._fields["ended"] = "closed"
        self._fields |= {"ms": self._elapsed_ms(), name: result}
        call(self._log, **self._fields)

    def _elapsed_ms(self) -> float:
        return round((time.perf_counter() - self._begun) * 1000, 3)


def _wrapper(function: Any, log: Journal, fields: Mapping[str, Any]) -> Any:
    def begin(args: Any, kwargs: Any) -> _Span:
        return _Span(log, fields, args, kwargs)

    def plain(*args: Any, **kwargs: Any) -> Any:
        span = begin(args, kwargs)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            span.done(error=error)
            raise
        span.done(result)
        return result

    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        span = begin(args, kwargs)
        try:
            result = await function(*args, **kwargs)
        except BaseException as error:
            span.done(error=error)
            raise
        span.done(result)
        return result

    return _streaming(function, begin) or (
        coroutine if inspect.iscoroutinefunction(function) else plain
    )


def _streaming(function: Any, begin: Callable[[Any, Any], _Span]) -> Any:
    """The wrapper of a generator, or None for other functions."""

    def pieces(*args: Any, **kwargs: Any) -> Iterator[Any]:
        span = begin(args, kwargs)
        try:
            for piece in function(*args, **kwargs):
                span.piece(piece)
                yield piece
        except BaseException as error:
            span.done(error=error)
            raise
        span.done()

    async def later_pieces(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        span = begin(args, kwargs)
        try:
            async for piece in function(*args, **kwargs):
                span.piece(piece)
                yield piece
        except BaseException as error:
            span.done(error=error)
            raise
        span.done()

    if inspect.isgeneratorfunction(function):
        return pieces
    return later_pieces if inspect.isasyncgenfunction(function) else None


def _asked(args: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    if "messages" in kwargs:
        return {"request": dict(kwargs)}
    said = [str(value) for value in args] + [f"{name}: {value}" for name, value in kwargs.items()]
    return {"messages": [{"role": "user", "content": "\n".join(said)}]}
