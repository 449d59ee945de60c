"""Whatever wrote the log: a call in the list can be opened, and is the same call inside."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.feed.feed import Feed
from tailllm.records.call import Call
from tailllm.records.row import Row
from tests.dialects.reading import SAMPLES

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
    feed = open_feed(path, follow=False)
    feed.load()
    while feed.step():
        pass
    feed.finish()
    rows = [row for _, row in feed.window.newest_first()]

    assert rows
    for row in rows:
        assert inside(feed.call(row), len(row.reply)) == in_the_list(row)
