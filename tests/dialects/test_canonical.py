"""Rows are short, calls are complete, and a prompt nobody versioned still has a version."""

import json
from typing import Any

from tailllm.dialects.assembly import Assembler, Folded
from tailllm.dialects.canonical import call, row
from tailllm.dialects.reader import Reader
from tailllm.records.line import Address, RawLine


def fold(**line: Any) -> Folded:
    text = json.dumps({"tailllm": 1, "output": "hi", **line}).encode()
    parts = Reader("f").read(RawLine(Address("f", 0, len(text)), text))
    assert isinstance(parts, list)
    [folded] = Assembler().add(parts)
    return folded


def version(system: str, tools: Any = None, user: str = "q") -> str | None:
    sent = [{"role": "system", "content": system}, {"role": "user", "content": user}]
    return row(fold(messages=sent, tools=tools), arrived=0).prompt_version


def test_a_row_holds_the_start_of_what_was_said() -> None:
    folded = fold(messages=[{"role": "user", "content": "q" * 500}], output="a" * 500)

    found = row(folded, arrived=0)

    assert (found.preview, found.reply) == ("q" * 160, "a" * 160)


def test_a_call_without_a_time_is_placed_where_it_was_read() -> None:
    assert row(fold(), arrived=7.0).at == 7.0
    assert row(fold(ts="2026-11-22T14:00:00Z"), arrived=7.0).at == 1_795_356_000.0


def test_the_same_prompt_has_the_same_version() -> None:
    assert version("rules", user="a") == version("rules", user="b")
    assert str(version("rules")).startswith("h:")
    assert len(str(version("rules"))) == 8


def test_another_system_text_or_tool_is_another_version() -> None:
    assert len({version("rules"), version("rules!"), version("rules", [{"name": "f"}])}) == 3


def test_a_logged_version_is_kept() -> None:
    assert row(fold(prompt={"name": "p", "version": "v3"}), arrived=0).prompt_version == "v3"


def test_our_verdicts_come_after_the_logs() -> None:
    ours = {"name": "short", "passed": None, "label": "errored", "score": None, "explanation": "x"}
    folded = fold(checks=[{"name": "json", "ok": False, "why": "no"}])

    assert row(folded, arrived=0, verdicts=[ours]).verdicts == (
        ("json", "failed"),
        ("short", "errored"),
    )
    assert [e.by for e in call(folded, path=str, verdicts=[ours]).evaluations] == ["log", "tailllm"]


def test_silence_is_none_and_never_zero() -> None:
    found = call(fold(), path=str)

    assert found.latency_ms is None
    assert found.usage.input_tokens is None
    assert found.request_params is None


def test_a_source_has_the_path_the_file_has_now() -> None:
    found = call(fold(), path=lambda file: f"/var/log/{file}")

    assert found.source[0].file == "/var/log/f"


def test_a_negative_token_count_is_no_count() -> None:
    assert call(fold(usage={"input": -5, "output": 3}), path=str).usage.model_dump(
        exclude_none=True
    ) == {"output_tokens": 3, "estimated": False}
