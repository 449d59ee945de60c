"""Whatever wrote the log: a call in the list can be opened, and is the same call inside."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.feed.feed import Feed
from tailllm.records.call import Call
from tailllm.records.row import Row
from tests.dialects.reading import SAMPLES
from tests.dialects.test_wrappers import cri, docker

LOGS = sorted(
    path
    for path in SAMPLES.glob("*/*")
    if path.name not in {"EXPECTED.json", "input.jsonl", "vllm_text.log"}
)


def in_the_list(row: Row) -> list[object]:
    said = [row.key, row.format, row.status, row.state, row.model, row.http_status]
    said += [row.latency_ms, row.input_tokens, row.output_tokens, row.finish_reason]
    return [*said, row.error_type, row.tool_calls, row.reply]


def inside(call: Call, reply: int) -> list[object]:
    said = [call.key, call.format, call.status, call.state]
    said += [call.response_model or call.request_model, call.http_status, call.latency_ms]
    said += [call.usage.input_tokens, call.usage.output_tokens, call.finish_reason]
    return [*said, call.error_type, len(call.tool_calls), (call.output_text or "")[:reply]]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_call_of_every_format_opens_as_what_the_list_said(
    open_feed: Callable[..., Feed], path: Path
) -> None:
    feed = whole(open_feed, path)
    rows = [row for _, row in feed.window.newest_first()]

    assert rows
    for row in rows:
        assert inside(feed.call(row), len(row.reply)) == in_the_list(row)


def whole(open_feed: Callable[..., Feed], path: Path) -> Feed:
    feed = open_feed(path, follow=False)
    while feed.step():
        pass
    feed.finish()
    return feed


def sent(feed: Feed) -> dict[str, object]:
    calls = [feed.call(row) for _, row in feed.window.newest_first()]
    return {
        call.key: (call.input_messages, call.output_messages)
        for call in calls
        if call.key.startswith("resp:")
    }


@pytest.mark.parametrize(
    "name", ["openai_chat/stream_chunks.jsonl", "claude_code_transcript/session.jsonl"]
)
@pytest.mark.parametrize("wrap", [cri, docker])
def test_a_wrapped_call_whose_lines_need_their_order_opens_whole(
    open_feed: Callable[..., Feed], tmp_path: Path, name: str, wrap: Callable[..., list[bytes]]
) -> None:
    log = tmp_path / "wrapped.log"
    lines = (SAMPLES / name).read_bytes().splitlines()
    log.write_bytes(b"".join(part + b"\n" for line in lines for part in wrap(line, size=8_000)))

    assert sent(whole(open_feed, log)) == sent(whole(open_feed, SAMPLES / name))
