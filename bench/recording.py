"""What recording costs a call: the same call with and without it, in turn."""

import asyncio
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.measure import Way, show, turns
from tailllm import record

CALLS = 100
ROUNDS = 31
"""Short turns, and many: whatever else the machine does then hits all ways alike."""
GOAL_US = 200
BODY = {
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Where can I see my past rides? " * 130}],
}
ANSWER = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o-mini",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "Rides. " * 100}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200},
    }
).encode()
CHUNK = {
    "object": "chat.completion.chunk",
    "choices": [{"index": 0, "delta": {"content": "word"}}],
}
CHUNKS = [f"data: {json.dumps(CHUNK)}\n\n".encode()] * 50


class _Stream(httpx.SyncByteStream):
    def __iter__(self) -> Any:
        yield from CHUNKS


def _whole(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": "application/json"}, content=ANSWER)


def _streamed(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=_Stream())


def run() -> None:
    """In memory, where recording is all that differs; then over loopback, where a call waits."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "calls.jsonl"
        for name, answer in (("whole answers", _whole), ("streams of 50 chunks", _streamed)):
            _compare(f"A call in memory, {name}", log, lambda answer=answer: _memory(answer))
        with _Loopback() as url:
            _compare("A call over loopback, whole answers", log, lambda: _network(url))


def _compare(title: str, log: Path, make: Callable[[], "tuple[httpx.Client, str]"]) -> None:
    plain, url = make()
    recorded, _ = make()
    record.attach(recorded, log)
    ways: dict[str, Way | None] = {
        "without recording": lambda: _call(plain, url),
        "recorded": lambda: _call(recorded, url),
        "recorded, and until it is in the file": lambda: (_call(recorded, url), record.flush(60)),
    }
    every = turns(ways, ROUNDS)
    taken: dict[str, float | None] = {name: median(times) for name, times in every.items()}
    show(title, taken, against="without recording", per="calls", amount=CALLS)
    for name in list(ways)[1:]:
        print(f"  {name:<44} {_more_us(every, name):10.1f} us more a call (goal {GOAL_US})")
    cpu = {name: _cpu(way) for name, way in ways.items() if way is not None}
    more = (cpu["recorded, and until it is in the file"] - cpu["without recording"]) / CALLS
    print(f"  {'processor time of it all, thread included':<44} {more * 1e6:10.1f} us more a call")
    record.flush(60)


def _more_us(turns: dict[str, list[float]], name: str) -> float:
    """Median difference of turns that ran one after the other, for one call."""
    pairs = zip(turns["without recording"], turns[name], strict=True)
    return median(with_it - without for without, with_it in pairs) / CALLS * 1e6


def _cpu(way: Way) -> float:
    """Least seconds of processor time, which other programs disturb less than the clock."""
    taken = []
    for _ in range(7):
        begun = time.process_time()
        way()
        record.flush(60)
        taken.append(time.process_time() - begun)
    return min(taken)


def _call(client: httpx.Client, url: str) -> None:
    for _ in range(CALLS):
        client.post(url, json=BODY)


def _memory(answer: Callable[[httpx.Request], httpx.Response]) -> "tuple[httpx.Client, str]":
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return client, "http://model.example/v1/chat/completions"


def _network(url: str) -> "tuple[httpx.Client, str]":
    return httpx.Client(), url


class _Loopback:
    """A server in a process of its own: its work must not be the client's."""

    def __enter__(self) -> str:
        read, write = os.pipe()
        self._child = os.fork()
        if not self._child:
            asyncio.run(_serve(write))
        port = int(os.read(read, 20))
        return f"http://127.0.0.1:{port}/v1/chat/completions"

    def __exit__(self, *_: object) -> None:
        os.kill(self._child, 9)
        os.waitpid(self._child, 0)


async def _serve(write: int) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(ANSWER), ANSWER)
            )

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    os.write(write, str(server.sockets[0].getsockname()[1]).encode())
    await server.serve_forever()


if __name__ == "__main__":
    run()
