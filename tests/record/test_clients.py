"""Real OpenAI and Anthropic clients against a real server: every call once, as it was sent."""

import asyncio
import json
import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from tailllm import record
from tailllm.config.model import Config
from tailllm.feed.feed import Feed
from tests.record.conftest import Lines, body_of
from tests.record.server import FIRST_TOKEN_S, WORDS, Server
from tests.wait import PATIENCE_S, wait_until

TEXT = "".join(WORDS)
CLOSE_MS = 10
TRIES = 40
"""On a busy machine a thread may be woken late, but not every time."""
ASK = [{"role": "user", "content": "Where are my rides? ✓"}]


class _Late:
    """A library that takes seconds to import, where only these tests need it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):  # whoever collects the tests asks for these
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)


openai, anthropic = _Late("openai"), _Late("anthropic")


def sync_openai(server: Server, log: Path, **options: Any) -> Any:
    return openai.OpenAI(
        api_key="sk-private",
        base_url=f"{server.url}/v1",
        timeout=PATIENCE_S,
        http_client=record.client(log, **options),
    )


def async_openai(server: Server, log: Path, **options: Any) -> Any:
    return openai.AsyncOpenAI(
        api_key="sk-private",
        base_url=f"{server.url}/v1",
        timeout=PATIENCE_S,
        http_client=record.async_client(log, **options),
    )


def sync_anthropic(server: Server, log: Path, **options: Any) -> Any:
    return anthropic.Anthropic(
        api_key="sk-private", base_url=server.url, http_client=record.client(log, **options)
    )


def chat(server: Server, log: Path, model: str, *, stream: bool) -> str:
    done = sync_openai(server, log).chat.completions.create(
        model=model, messages=ASK, stream=stream
    )
    if not stream:
        return done.choices[0].message.content
    return "".join(c.choices[0].delta.content or "" for c in done if c.choices)


def responses(server: Server, log: Path, model: str, *, stream: bool) -> str:
    done = sync_openai(server, log).responses.create(model=model, input=ASK, stream=stream)
    if not stream:
        return done.output_text
    return "".join(e.delta for e in done if e.type == "response.output_text.delta")


def messages(server: Server, log: Path, model: str, *, stream: bool) -> str:
    client = sync_anthropic(server, log)
    if not stream:
        return client.messages.create(model=model, max_tokens=9, messages=ASK).content[0].text
    with client.messages.stream(model=model, max_tokens=9, messages=ASK) as events:
        return events.get_final_text()


def calls(log: Path) -> list[Any]:
    """What tailllm makes of the log."""
    feed = Feed([str(log)], Config(), follow=False)
    feed.load()
    found = [feed.call(row) for _, row in feed.window.slice(feed.window.first, feed.window.end)]
    assert feed.rejects.total == 0
    feed.close()
    return found


APIS = [chat, responses, messages]
KINDS = [False, True]


@pytest.mark.parametrize("stream", KINDS, ids=["whole", "streamed"])
@pytest.mark.parametrize("api", APIS)
def test_every_call_is_in_the_log_once_and_byte_for_byte(
    server: Server, log: Path, api: Callable[..., str], stream: bool
) -> None:
    said = api(server, log, "plain", stream=stream)
    record.flush()

    (exchange,) = server.exchanges
    (line,) = log.read_bytes().splitlines()
    assert said == TEXT
    assert body_of(line, "request") == exchange.request
    assert body_of(line, "response") == bytes(exchange.response)


@pytest.mark.parametrize("stream", KINDS, ids=["whole", "streamed"])
@pytest.mark.parametrize("api", APIS)
def test_tailllm_reads_what_was_recorded(
    server: Server, log: Path, api: Callable[..., str], stream: bool
) -> None:
    api(server, log, "plain", stream=stream)
    record.flush()

    (call,) = calls(log)
    assert (call.status, call.http_status, call.output_text) == ("ok", 200, TEXT)
    assert (call.usage.input_tokens, call.usage.output_tokens) == (11, 7)
    assert call.input_messages[-1].text == ASK[0]["content"]
    assert call.warnings == ()


@pytest.mark.parametrize("api", APIS)
def test_the_first_token_is_timed_as_the_server_sent_it(
    server: Server, log: Path, lines: Lines, api: Callable[..., str]
) -> None:
    for _ in range(TRIES):
        api(server, log, "slow", stream=True)
        sent = [(exchange.first_token_s or 0) * 1000 for exchange in server.exchanges]
        late_ms = [line["ttft_ms"] - at for line, at in zip(lines(), sent, strict=True)]
        if abs(late_ms[-1]) < CLOSE_MS:
            break

    assert all(at >= FIRST_TOKEN_S * 1000 for at in sent)
    assert abs(late_ms[-1]) < CLOSE_MS
    assert min(late_ms) > -CLOSE_MS


@pytest.mark.parametrize("maker", ["openai.OpenAI", "anthropic.Anthropic"])
def test_a_library_client_that_exists_can_be_recorded(
    server: Server, log: Path, lines: Lines, maker: str
) -> None:
    library = pkgutil.resolve_name(maker.replace(".", ":"))
    base = server.url if library is anthropic.Anthropic else f"{server.url}/v1"
    client = record.attach(library(api_key="sk-private", base_url=base), log)
    if library is anthropic.Anthropic:
        client.messages.create(model="plain", max_tokens=9, messages=ASK)
    else:
        client.chat.completions.create(model="plain", messages=ASK)

    assert [line["http_status"] for line in lines()] == [200]


def test_no_header_and_no_key_is_ever_written(server: Server, log: Path) -> None:
    chat(server, log, "plain", stream=False)
    httpx_client = record.client(log, headers={"authorization": "Bearer hush"})
    httpx_client.post(
        f"{server.url}/v1/chat/completions?api-key=hush", json={"model": "plain", "messages": ASK}
    )
    record.flush()

    text = log.read_text()
    assert len(text.splitlines()) == 2
    assert not [word for word in ("hush", "sk-private", "authorization") if word in text.lower()]


def test_a_retry_is_a_call_of_its_own_with_its_number(
    server: Server, log: Path, lines: Lines
) -> None:
    chat(server, log, "retry", stream=False)

    assert [(line["http_status"], line["attempt"]) for line in lines()] == [(429, 1), (200, 2)]


def test_an_error_is_raised_as_it_would_be_and_recorded(
    server: Server, log: Path, lines: Lines
) -> None:
    with pytest.raises(openai.BadRequestError, match="no good"):
        chat(server, log, "bad", stream=False)

    (line,) = lines()
    (call,) = calls(log)
    assert line["response"]["error"]["code"] == "refused"
    assert (call.status, call.http_status, call.error_type) == ("error", 400, "refused")


def test_a_broken_stream_is_raised_and_recorded_as_far_as_it_came(
    server: Server, log: Path, lines: Lines
) -> None:
    with pytest.raises(openai.APIConnectionError):
        chat(server, log, "drop", stream=True)

    (line,) = lines()
    (call,) = calls(log)
    came = line["response"].encode()
    assert line["ended"] == "failed"
    assert came
    assert bytes(server.exchanges[0].response).startswith(came)
    assert (call.status, call.output_text) == ("error", "".join(WORDS[:3]))


def test_nobody_listening_is_recorded_and_raised(log: Path, lines: Lines) -> None:
    client = record.client(log, library=httpx)

    with pytest.raises(httpx.ConnectError) as caught:
        client.post("http://127.0.0.1:9/v1/messages", json={"model": "plain"})

    (line,) = lines()
    assert line["error"]["message"] == str(caught.value)
    assert line["request"] == {"model": "plain"}


def test_a_stream_that_the_caller_leaves_says_so(server: Server, log: Path, lines: Lines) -> None:
    stream = sync_openai(server, log).chat.completions.create(
        model="endless", messages=ASK, stream=True
    )
    next(iter(stream))
    stream.close()

    (line,) = lines()
    (call,) = calls(log)
    assert line["ended"] == "closed"
    assert (call.status, call.finish_reason) == ("incomplete", None)


async def test_a_cancelled_call_says_so(server: Server, log: Path, lines: Lines) -> None:
    async def read() -> None:
        stream = await async_openai(server, log).chat.completions.create(
            model="endless", messages=ASK, stream=True
        )
        async for _ in stream:
            arrived.set()

    arrived = asyncio.Event()
    task = asyncio.create_task(read())
    await asyncio.wait_for(arrived.wait(), PATIENCE_S)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    (line,) = await asyncio.to_thread(lines)
    assert line["ended"] == "cancelled"


@pytest.mark.parametrize("stream", KINDS, ids=["whole", "streamed"])
def test_three_tool_calls_at_once_are_read_back(server: Server, log: Path, stream: bool) -> None:
    client = sync_openai(server, log)
    done = client.chat.completions.create(model="tools", messages=ASK, stream=stream)
    if stream:
        list(done)
    record.flush()

    (call,) = calls(log)
    names = [(tool.id, tool.name) for tool in call.tool_calls]
    assert names == [("call_a", "lookup"), ("call_b", "lookup"), ("call_c", "status")]


def test_a_packed_answer_is_recorded_unpacked(server: Server, log: Path, lines: Lines) -> None:
    assert chat(server, log, "gzip", stream=False) == TEXT

    (line,) = lines()
    assert line["response"] == json.loads(server.exchanges[0].response)


def test_an_answer_that_is_no_json_is_recorded_as_text(
    server: Server, log: Path, lines: Lines
) -> None:
    client = record.client(log)
    client.post(f"{server.url}/v1/chat/completions", json={"model": "html", "messages": []})

    (line,) = lines()
    (call,) = calls(log)
    assert line["response"] == "<html>\nBad Gateway</html>"
    assert (call.status, call.http_status, call.error_type) == ("error", 502, "HTTP 502")


def test_what_is_no_model_call_passes_unrecorded(server: Server, log: Path, lines: Lines) -> None:
    client = record.client(log)
    client.post(f"{server.url}/v1/files", json={"model": "plain"})

    assert lines() == []


async def test_calls_are_followed_live_while_they_are_made(server: Server, log: Path) -> None:
    log.touch()
    feed = Feed([str(log)], Config())
    feed.load()
    # A busy host may need longer for a thousand connections than the client's five seconds.
    client = async_openai(server, log, timeout=60)

    async def one(number: int) -> None:
        with record.context(prompt="billing@v15", session=f"s{number}", user="u"):
            stream = await client.chat.completions.create(model="plain", messages=ASK, stream=True)
            async for _ in stream:
                pass

    await asyncio.gather(*(one(n) for n in range(20)))
    await asyncio.to_thread(wait_until, lambda: (feed.step(), feed.window.end >= 20)[1])
    rows = [row for _, row in feed.window.slice(feed.window.first, feed.window.end)]
    feed.close()

    assert sorted(row.reply for row in rows) == [TEXT] * 20
    assert {(row.status, row.prompt_name, row.prompt_version) for row in rows} == {
        ("ok", "billing", "v15")
    }
    assert {row.input_tokens for row in rows} == {11}


async def test_a_thousand_streams_at_once_lose_nothing_and_mix_nothing(
    server: Server, log: Path, lines: Lines
) -> None:
    await crowd(server, log, 200)

    await asyncio.to_thread(check_crowd, server, lines(), 200)


@pytest.mark.long
async def test_a_real_thousand(server: Server, log: Path, lines: Lines) -> None:
    await crowd(server, log, 1000)

    await asyncio.to_thread(check_crowd, server, lines(), 1000)


async def crowd(server: Server, log: Path, size: int) -> None:
    # A busy host may need longer for a thousand connections than the client's five seconds.
    client = async_openai(server, log, timeout=60)

    async def one(number: int) -> None:
        with record.context(session=f"s{number}"):
            stream = await client.chat.completions.create(
                model="slow", messages=[{"role": "user", "content": f"q{number}"}], stream=True
            )
            async for _ in stream:
                pass

    await asyncio.gather(*(one(n) for n in range(size)))


def check_crowd(server: Server, found: list[dict[str, Any]], size: int) -> None:
    asked = {line["session"]: line["request"]["messages"][0]["content"] for line in found}

    assert asked == {f"s{n}": f"q{n}" for n in range(size)}
    assert sorted(line["response"] for line in found) == sorted(
        exchange.response.decode() for exchange in server.exchanges
    )
