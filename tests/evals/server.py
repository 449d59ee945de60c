"""A model on loopback whose answers and faults a test decides; it counts what it is asked."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.wait import PATIENCE_S

Answer = Callable[[dict[str, Any]], Any]
"""From the body that was asked to the text of the answer, or a `Raw` reply."""


class Raw(bytes):
    """Bytes that go out as they are; the connection is closed after them."""


def reply(status: int, body: Any, *headers: str) -> Raw:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
    return Raw("\r\n".join([*head, *headers, "", ""]).encode() + content)


def completion(text: Any) -> dict[str, Any]:
    message = text if isinstance(text, dict) else {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "fake-1",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 20, "completion_tokens": 5},
    }


class Model:
    """Serves until it is closed, on a thread of its own."""

    def __init__(self, answer: Answer, *, delay_s: float = 0.0, limit: int | None = None) -> None:
        self.answer = answer
        self.delay_s = delay_s
        self.limit = limit
        self.asked: list[dict[str, Any]] = []
        self.heads: list[str] = []
        self.refused = 0
        self.most = 0
        self._now = 0
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def users(self) -> Counter[str]:
        """How often each last user message was asked."""
        return Counter(body["messages"][-1]["content"] for body in self.asked)

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
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next(
                    int(row.split(":")[1])
                    for row in head.lower().split("\r\n")
                    if row.startswith("content-length")
                )
                body = json.loads(await reader.readexactly(length))
                out = await self._answered(head, body)
                writer.write(out)
                await writer.drain()
                if isinstance(out, Raw):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answered(self, head: str, body: dict[str, Any]) -> bytes:
        if self.limit is not None and self._now >= self.limit:
            self.refused += 1
            content = b'{"error": {"message": "slow down"}}'
            return b"HTTP/1.1 429 X\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            self.asked.append(body)
            self.heads.append(head)
            said = self.answer(body)
            if asyncio.iscoroutine(said):
                said = await said
            if isinstance(said, Raw):
                return said
            content = json.dumps(completion(said)).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content)
        finally:
            self._now -= 1
