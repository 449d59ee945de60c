"""A model server on loopback that knows exactly what it was asked and what it sent, and when.

The name of the model says what happens: `plain`, `slow` (the first token waits), `tools`
(three parallel calls), `retry` (429 once, then an answer), `bad` (400), `drop` (the
connection breaks in the middle), `endless` (until the client goes), `gzip`, `html` (502).
"""

import asyncio
import gzip
import json
import time
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from tests.wait import PATIENCE_S

FIRST_TOKEN_S = 0.12
WORDS = ["Open ", "the ", "app, ", "tap ", "Account, ", "then ", "Rides. ✓"]
TOOLS = [
    ("call_a", "lookup", '{"ride": 1}'),
    ("call_b", "lookup", '{"ride": 2}'),
    ("call_c", "status", "{}"),
]


@dataclass
class Exchange:
    """What the server saw and said."""

    path: str
    request: bytes
    begun: float = field(default_factory=time.perf_counter)
    response: bytearray = field(default_factory=bytearray)
    status: int = 200
    first_token_s: float | None = None
    ended_s: float | None = None

    @property
    def asked(self) -> dict[str, Any]:
        return json.loads(self.request)


class Server:
    """Serves until it is closed; runs on a thread of its own."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._retried: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=2048)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *rest = head.decode().split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in rest if line)
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                exchange = Exchange(first.split()[1], body)
                self.exchanges.append(exchange)
                await self._answer(exchange, writer)
                exchange.ended_s = time.perf_counter() - exchange.begun
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, exchange: Exchange, writer: asyncio.StreamWriter) -> None:
        asked = exchange.asked
        model = asked["model"]
        if model == "html":
            return self._whole(exchange, writer, b"<html>\nBad Gateway</html>", 502, "text/html")
        if model == "bad" or (model == "retry" and self._first_time(exchange)):
            status = 400 if model == "bad" else 429
            error = {"error": {"message": "no good", "type": "refused", "code": "refused"}}
            return self._whole(exchange, writer, json.dumps(error).encode(), status)
        if asked.get("stream"):
            return await self._stream(exchange, writer, model)
        body = json.dumps(whole(exchange.path, model, str(len(self.exchanges)))).encode()
        if model == "gzip":
            return self._whole(exchange, writer, body, encoding="gzip")
        return self._whole(exchange, writer, body)

    def _first_time(self, exchange: Exchange) -> bool:
        name = exchange.request.decode()
        if name in self._retried:
            return False
        self._retried.add(name)
        return True

    def _whole(
        self,
        exchange: Exchange,
        writer: asyncio.StreamWriter,
        body: bytes,
        status: int = 200,
        kind: str = "application/json",
        encoding: str | None = None,
    ) -> None:
        exchange.status = status
        exchange.response += body
        sent = gzip.compress(body) if encoding else body
        extra = f"content-encoding: {encoding}\r\n" if encoding else ""
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(sent)}\r\n"
            f"{extra}x-request-id: req_{len(self.exchanges)}\r\nretry-after-ms: 1\r\n\r\n".encode()
            + sent
        )

    async def _stream(self, exchange: Exchange, writer: asyncio.StreamWriter, model: str) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\nx-request-id: req_s\r\n\r\n"
        )
        name = f"{exchange.path.rsplit('/', 1)[1]}-{len(self.exchanges)}"
        opening, tokens, closing = streamed(exchange.path, model, name)
        await self._send(exchange, writer, opening)
        if model == "slow":
            await asyncio.sleep(FIRST_TOKEN_S)
        for place, token in enumerate(tokens):
            exchange.first_token_s = exchange.first_token_s or time.perf_counter() - exchange.begun
            await self._send(exchange, writer, [token])
            if model == "drop" and place == 2:
                return writer.transport.abort()
        while model == "endless":
            await self._send(exchange, writer, tokens)
            await asyncio.sleep(0.001)
        await self._send(exchange, writer, closing)
        writer.write(b"0\r\n\r\n")
        return None

    async def _send(
        self, exchange: Exchange, writer: asyncio.StreamWriter, events: list[bytes]
    ) -> None:
        for event in events:
            exchange.response += event
            writer.write(b"%x\r\n%s\r\n" % (len(event), event))
            await writer.drain()


def whole(path: str, model: str, name: str) -> dict[str, Any]:
    """An answer in one piece."""
    text = "".join(WORDS)
    if path.endswith("/messages"):
        return {
            "id": f"msg_{name}",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 11, "output_tokens": 7},
        }
    if path.endswith("/responses"):
        return _response(model, name, text)
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if model == "tools":
        message = {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": i, "type": "function", "function": {"name": n, "arguments": a}}
                for i, n, a in TOOLS
            ],
        }
    return {
        "id": f"chatcmpl-{name}",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


def _response(model: str, name: str, text: str, status: str = "completed") -> dict[str, Any]:
    message = {
        "id": f"m_{name}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }
    return {
        "id": f"resp_{name}",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": model,
        "output": [message] if status == "completed" else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [{"type": "function", "name": "lookup", "parameters": {}}],
        "usage": {
            "input_tokens": 11,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 18,
        },
    }


def _event(value: dict[str, Any], *, named: bool = True) -> bytes:
    head = f"event: {value['type']}\n" if named else ""
    return f"{head}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def streamed(path: str, model: str, name: str) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """The events before the first token, those with tokens, and those after."""
    if path.endswith("/messages"):
        return _messages_stream(model, name)
    if path.endswith("/responses"):
        return _responses_stream(model, name)
    return _chat_stream(model, name)


def _chat_stream(model: str, name: str) -> tuple[list[bytes], list[bytes], list[bytes]]:
    def chunk(delta: dict[str, Any], **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, **more}
        return _event(
            {
                "id": f"chatcmpl-{name}",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": model,
                "choices": [choice],
                "type": "",
            },
            named=False,
        )

    tokens = [chunk({"content": word}) for word in WORDS]
    if model == "tools":
        tokens = [
            chunk(
                {
                    "tool_calls": [
                        {
                            "index": n,
                            "id": i,
                            "type": "function",
                            "function": {"name": f, "arguments": a},
                        }
                    ]
                }
            )
            for n, (i, f, a) in enumerate(TOOLS)
        ]
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    closing = {
        "id": f"chatcmpl-{name}",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [],
        "usage": usage,
        "type": "",
    }
    finish = chunk({}, finish_reason="tool_calls" if model == "tools" else "stop")
    end = [finish, _event(closing, named=False), b"data: [DONE]\n\n"]
    return [chunk({"role": "assistant", "content": ""})], tokens, end


def _responses_stream(model: str, name: str) -> tuple[list[bytes], list[bytes], list[bytes]]:
    text = "".join(WORDS)
    begun = {"type": "response.created", "response": _response(model, name, text, "in_progress")}
    tokens = [
        {
            "type": "response.output_text.delta",
            "item_id": f"m_{name}",
            "output_index": 0,
            "content_index": 0,
            "delta": word,
            "logprobs": [],
        }
        for word in WORDS
    ]
    done = {"type": "response.completed", "response": _response(model, name, text)}
    numbered = [value | {"sequence_number": n} for n, value in enumerate([begun, *tokens, done])]
    events = [_event(value) for value in numbered]
    return events[:1], events[1:-1], events[-1:]


def _messages_stream(model: str, name: str) -> tuple[list[bytes], list[bytes], list[bytes]]:
    begun = whole("/messages", model, name) | {"content": [], "stop_reason": None}
    opening = [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
    ]
    tokens = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
        for word in WORDS
    ]
    closing = [
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]
    return (
        [_event(value) for value in opening],
        [_event(value) for value in tokens],
        [_event(value) for value in closing],
    )
