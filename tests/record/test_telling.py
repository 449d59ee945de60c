"""What else goes into a record: context, verdicts, cuts, samples; and recording without httpx."""

import asyncio
import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tailllm import record
from tailllm.config.model import Config
from tailllm.errors import UsageError
from tailllm.feed.feed import Feed
from tailllm.record.exchange import TAIL_BYTES, Exchange, sampled
from tests.record.conftest import Lines
from tests.record.server import Server

ASK = {"model": "plain", "messages": [{"role": "user", "content": "hi"}]}


def post(server: Server, log: Path, body: Any = None, **options: Any) -> httpx.Response:
    with record.client(log, library=httpx, **options) as client:
        return client.post(f"{server.url}/v1/chat/completions", json=body or ASK)


def test_importing_brings_nothing_heavy() -> None:
    code = "import sys, tailllm.record as r; r.call; r.context; r.Handler; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert not {"httpx", "textual", "duckdb", "pydantic"} & set(loaded.stdout.split())


def test_contexts_nest_and_end(log: Path, lines: Lines) -> None:
    with record.context(prompt="billing@v15", session="s", metadata={"a": 1}):
        with record.context(user="u", metadata={"b": 2}):
            record.call(log, output="inner")
        record.call(log, output="outer")
    record.call(log, output="none")

    inner, outer, none = lines()
    assert inner["prompt"] == {"name": "billing", "version": "v15"}
    assert (inner["session"], inner["user"], inner["metadata"]) == ("s", "u", {"a": 1, "b": 2})
    assert "user" not in outer
    assert not {"prompt", "session", "metadata"} & set(none)


async def test_contexts_of_tasks_and_threads_are_their_own(log: Path, lines: Lines) -> None:
    async def task(name: str) -> None:
        with record.context(session=name):
            await asyncio.sleep(0.01)
            await asyncio.to_thread(record.call, log, output=name)

    def thread(name: str) -> None:
        with record.context(session=name):
            record.call(log, output=name)

    await asyncio.gather(*(task(f"t{n}") for n in range(20)))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(thread, [f"p{n}" for n in range(20)]))

    assert all(line["session"] == line["output"] for line in lines())


def test_secrets_are_redacted_and_the_record_says_so(
    server: Server, log: Path, lines: Lines
) -> None:
    secret = "ghp_" + "a1B2" * 9
    post(server, log, ASK | {"messages": [{"role": "user", "content": f"use {secret}"}]})

    (line,) = lines()
    assert secret not in log.read_text()
    assert line["redacted"] == {"github-token": 1}


def test_redaction_can_be_switched_off(server: Server, log: Path, lines: Lines) -> None:
    secret = "ghp_" + "a1B2" * 9
    post(server, log, ASK | {"user": secret}, redact=False)

    assert lines()[0]["request"]["user"] == secret


def test_a_body_over_the_cap_is_cut_and_the_record_says_so(
    server: Server, log: Path, lines: Lines
) -> None:
    long = ASK | {"messages": [{"role": "user", "content": "x" * 5_000}]}
    post(server, log, long, cap_bytes=1_000)

    (line,) = lines()
    assert line["cut"]["request"] == {
        "bytes": len(server.exchanges[0].request),
        "kept": len(line["request"]),
    }
    assert line["response"]["usage"]["prompt_tokens"] == 11


def test_an_endless_stream_keeps_its_beginning_and_its_end() -> None:
    exchange = Exchange(url=None, headers={}, cap_bytes=10_000)
    for number in range(200_000):
        exchange.add(b"data: %d\n\n" % number)

    assert exchange.size < 10_000 + 8 * TAIL_BYTES
    assert exchange.is_cut
    assert exchange.tail.endswith(b"data: 199999\n\n")


def test_a_cut_stream_is_read_with_its_usage(server: Server, log: Path) -> None:
    with record.client(log, cap_bytes=700) as client:
        client.post(f"{server.url}/v1/chat/completions", json=ASK | {"stream": True})
    record.flush()

    feed = Feed([str(log)], Config(), follow=False)
    feed.load()
    ((_, row),) = feed.window.slice(feed.window.first, feed.window.end)
    call = feed.call(row)
    feed.close()
    assert (call.status, call.usage.input_tokens) == ("ok", 11)
    assert call.content in {"truncated", "full"}


def test_sampling_keeps_whole_sessions_and_says_its_rate(
    server: Server, log: Path, lines: Lines
) -> None:
    kept = {f"s{n}" for n in range(40) if sampled(0.3, {"session": f"s{n}"})}
    with record.client(log, sample=0.3) as client:
        for number in range(40):
            with record.context(session=f"s{number}"):
                for _ in range(2):
                    client.post(f"{server.url}/v1/chat/completions", json=ASK)

    found = lines()
    assert {line["session"] for line in found} == kept
    assert len(found) == 2 * len(kept)
    assert {line["sample"] for line in found} == {0.3}


def test_verdicts_are_written_when_asked_for(
    server: Server, log: Path, lines: Lines, tmp_path: Path
) -> None:
    config = tmp_path / "tailllm.toml"
    config.write_text('[[validators]]\nname = "short"\nkind = "length"\nmax = 5\n')
    post(server, log, checks=config)

    (check,) = lines()[0]["checks"]
    assert (check["name"], check["ok"]) == ("short", False)


def test_a_config_that_cannot_be_used_costs_the_verdicts_only(
    server: Server, log: Path, lines: Lines, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    post(server, log, checks=tmp_path / "missing.toml")
    post(server, log, checks=tmp_path / "missing.toml")

    assert len(lines()) == 2
    assert len([entry for entry in caplog.records if "no verdicts" in entry.getMessage()]) == 1


def test_a_client_that_exists_is_recorded_with_all_its_settings(
    server: Server, log: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "")
    client = record.attach(record.attach(httpx.Client(), log), log)
    client.post("http://model.example/v1/chat/completions", json=ASK)

    assert [line["url"] for line in lines()] == ["model.example/v1/chat/completions"]


async def test_an_answer_that_comes_whole_from_a_mock_is_recorded(log: Path, lines: Lines) -> None:
    mock = httpx.MockTransport(lambda _: httpx.Response(200, json={"id": "x"}))
    record.attach(httpx.Client(transport=mock), log).post("http://x/v1/responses", json=ASK)
    client = record.attach(httpx.AsyncClient(transport=mock), log)
    await client.post("http://x/v1/responses", json=ASK)

    found = await asyncio.to_thread(lines)
    assert [line["response"] for line in found] == [{"id": "x"}] * 2
    assert not any("ended" in line for line in found)


def test_what_holds_no_client_is_refused() -> None:
    with pytest.raises(UsageError, match="holds no httpx client"):
        record.attach(object(), "calls.jsonl")


def test_a_body_that_is_a_stream_is_left_to_the_caller(
    server: Server, log: Path, lines: Lines
) -> None:
    body = json.dumps(ASK).encode()
    with record.client(log) as client:
        client.post(
            f"{server.url}/v1/chat/completions",
            content=iter([body]),
            headers={"content-length": str(len(body))},
        )

    (line,) = lines()
    assert "request" not in line
    assert server.exchanges[0].request == body


def test_trouble_in_the_recorder_is_no_trouble_of_the_call(
    server: Server, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("add", "sent", "end"):
        with monkeypatch.context() as patch:
            patch.setattr(Exchange, name, None)
            assert post(server, log).status_code == 200

    assert record.journal(log).lost >= 2


def test_a_plain_call_takes_what_one_has(log: Path, lines: Lines) -> None:
    request = {"model": "m", "messages": [{"role": "user", "content": "q"}]}
    record.call(log, request=request, response='data: {"x": 1}\n\n', ms=12.5, prompt="p@v1")
    record.call(log, model="m", output="{}", error=ValueError("no"), finish="stop", cost=0.1)

    bodies, flat = lines()
    assert (bodies["request"], bodies["response"]) == (request, 'data: {"x": 1}\n\n')
    assert (bodies["ms"], bodies["prompt"]["version"]) == (12.5, "v1")
    assert (flat["output"], flat["finish"], flat["cost"]) == ("{}", "stop", 0.1)
    assert flat["error"] == {"type": "ValueError", "message": "no", "status": None}


async def test_decorated_functions_do_what_they_did_and_are_recorded(
    log: Path, lines: Lines
) -> None:
    wrap = record.recorded(log, model="m")

    @wrap
    def plain(question: str) -> str:
        return f"plain {question}"

    @wrap
    async def later(question: str) -> dict[str, str]:
        return {"said": question}

    @wrap
    def pieces(question: str) -> Any:
        yield from ("a", "b", question)

    @wrap
    async def later_pieces(*, messages: list[Any], model: str) -> Any:
        yield "x"
        yield "y"

    @wrap
    def fails() -> None:
        raise ValueError("as before")

    assert plain("q") == "plain q"
    assert await later("q") == {"said": "q"}
    assert list(pieces("q")) == ["a", "b", "q"]
    assert [p async for p in later_pieces(messages=ASK["messages"], model="n")] == ["x", "y"]
    with pytest.raises(ValueError, match="as before"):
        fails()
    one, two, three, four, five = await asyncio.to_thread(lines)
    assert (one["output"], one["messages"][0]["content"]) == ("plain q", "q")
    assert two["response"] == {"said": "q"}
    assert (three["output"], four["output"]) == ("abq", "xy")
    assert three["ttft_ms"] <= three["ms"]
    assert four["request"]["model"] == "n"
    assert five["error"]["message"] == "as before"


def test_a_log_record_with_a_call_becomes_a_line(log: Path, lines: Lines) -> None:
    logger = logging.getLogger("service")
    handler = record.Handler(log)
    logger.addHandler(handler)
    logger.warning("answered", extra={"call": {"model": "m", "output": "yes", "ms": 3}})
    logger.warning("no call")
    logger.removeHandler(handler)

    (line,) = lines()
    assert (line["model"], line["output"], line["ms"]) == ("m", "yes", 3)
