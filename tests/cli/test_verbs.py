"""What the verbs print for a log whose true values are known."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import NATIVE, Run

PLAIN = "chatcmpl-fd86b5e47f719651b57de42b"
"""The first call: raw request and response, 1208 tokens in and 214 out."""
LINES = NATIVE.read_bytes().split(b"\n")[:-1]


def test_calls_prints_every_call_once_in_the_order_of_their_start(run: Run) -> None:
    done = run("calls", NATIVE)
    starts = [call["start_time"] for call in done.objects]

    assert done.code == 0
    assert len(starts) == len({call["key"] for call in done.objects}) == 26
    assert starts == sorted(starts)


def test_calls_prints_the_values_of_the_log(run: Run) -> None:
    first = run("calls", NATIVE).objects[0]

    assert first["key"] == f"resp:{PLAIN}"
    assert first["format"] == "native"
    assert (first["status"], first["finish_reason"]) == ("ok", "stop")
    assert first["response_model"] == "gpt-4o-mini-2024-07-18"
    assert (first["usage"]["input_tokens"], first["usage"]["output_tokens"]) == (1208, 214)
    assert first["latency_ms"] == 37.8
    assert first["output_text"].startswith("Open the app, tap Account")
    assert first["source"] == [{"file": str(NATIVE), "offset": 0, "length": len(LINES[0])}]
    assert [check["name"] for check in first["evaluations"]] == ["max_length"]


def test_a_call_without_usage_says_null_and_not_zero(run: Run) -> None:
    calls = run("calls", NATIVE).objects
    without = [call for call in calls if call["usage"]["input_tokens"] is None]

    assert len(without) == 6
    assert all(call["usage"]["output_tokens"] is None for call in without)


def test_where_leaves_only_what_matches(run: Run) -> None:
    calls = run("calls", NATIVE, "--where", "status:error").objects

    assert len(calls) == 5
    assert {call["status"] for call in calls} == {"error"}


def test_an_empty_choice_is_no_error(run: Run) -> None:
    done = run("calls", NATIVE, "--where", "nobody-says-this")

    assert (done.code, done.out) == (0, "")


def test_stats_is_the_object_of_the_design(run: Run) -> None:
    [stats] = run("stats", NATIVE, "--json").objects

    assert (stats["calls"], stats["errors"], stats["rejects"]) == (26, 5, 0)
    assert (stats["input_tokens"], stats["output_tokens"]) == (25_889, 5_021)
    assert stats["validators"]["max_length"] == {"passed": 18, "failed": 3, "errored": 0}
    assert {"p50", "p95", "p99"} <= set(stats["latency_ms"])
    assert stats["latency_ms"]["p50"] == pytest.approx(77.85, abs=1)
    assert stats["first"].startswith("2026-11-22T14:07:21")


def test_stats_by_model_has_a_group_each_whose_first_key_is_the_model(run: Run) -> None:
    [stats] = run("stats", NATIVE, "--json", "--by", "model").objects

    assert sum(group["calls"] for group in stats["groups"]) == 26
    assert all(next(iter(group)) == "model" for group in stats["groups"])


def test_stats_over_a_choice_counts_only_the_choice(run: Run) -> None:
    [stats] = run("stats", NATIVE, "--json", "--where", "-status:error").objects

    assert (stats["calls"], stats["errors"]) == (21, 0)


def test_stats_for_a_person_has_the_same_numbers(run: Run) -> None:
    done = run("stats", NATIVE, "--by", "status")

    assert "calls 26  errors 5" in done.out
    assert "tokens in 25,889  out 5,021" in done.out
    assert ["max_length", "18", "3", "0"] in [row.split() for row in done.out.splitlines()]


def test_since_counts_back_from_now_or_from_a_time(run: Run, here: Path) -> None:
    now = datetime.now(UTC)
    lines = []
    for minutes in (90, 30, 5):
        line = json.loads(LINES[0]) | {"ts": (now - timedelta(minutes=minutes)).isoformat()}
        line["response"]["id"] = f"chatcmpl-{minutes}"
        lines.append(json.dumps(line))
    (here / "new.jsonl").write_text("\n".join(lines) + "\n")
    hour_ago = (now - timedelta(hours=1)).isoformat()

    assert [len(run("calls", "new.jsonl", "--since", s).objects) for s in ("10m", "1h", "2h")] == [
        1,
        2,
        3,
    ]
    assert len(run("calls", "new.jsonl", "--since", hour_ago).objects) == 2


def test_rejects_say_where_and_why(run: Run, here: Path) -> None:
    (here / "mixed.jsonl").write_bytes(
        b"plain text\n" + LINES[0] + b'\n{"level": "info"}\n' + LINES[1] + b"\n{torn\n"
    )
    done = run("calls", "mixed.jsonl", "--rejects")
    found = [(row["offset"], row["length"]) for row in done.objects]
    after = 11 + len(LINES[0]) + 1

    assert found == [(0, 10), (after, 17), (after + 18 + len(LINES[1]) + 1, 5)]
    assert all(row["reason"] and row["file"] == "mixed.jsonl" for row in done.objects)
    [stats] = run("stats", "mixed.jsonl", "--json").objects
    assert (stats["calls"], stats["rejects"]) == (2, 3)


def test_show_raw_gives_the_exact_bytes_of_the_log_line(run: Run, here: Path) -> None:
    odd = LINES[1].replace(b"Canal Street", b"Canal \xff\xfe \x1b]0;x\x07 Street")
    (here / "odd.jsonl").write_bytes(LINES[0] + b"\n" + odd + b"\n")
    done = run("show", "chatcmpl-e27ac279ab19ef41301433bc", "odd.jsonl", "--raw")

    assert done.code == 0
    assert done.raw == odd + b"\n"


@pytest.mark.parametrize("key", [f"resp:{PLAIN}", PLAIN, "resp:chatcmpl-fd86b5e4"])
def test_show_finds_a_call_by_its_key_or_a_part_of_it(run: Run, key: str) -> None:
    done = run("show", key, NATIVE)

    assert done.code == 0
    assert "Where can I see my past rides?" in done.out
    assert "Open the app, tap Account" in done.out


def test_show_json_is_the_same_object_that_calls_prints(run: Run) -> None:
    shown = json.loads(run("show", PLAIN, NATIVE, "--json").out)

    assert shown == run("calls", NATIVE).objects[0]


def test_hostile_text_leaves_as_escapes_only(run: Run, here: Path) -> None:
    bad = "\x1b]52;c;eA==\x07\x9b31m\u202eevil\u200b\x7f\ud83d"
    line = json.loads(LINES[1]) | {"output": bad}
    (here / "hostile.jsonl").write_text(json.dumps(line) + "\n")
    outputs = [
        run("calls", "hostile.jsonl"),
        run("show", "chatcmpl-e27ac279ab19ef41301433bc", "hostile.jsonl"),
        run("show", "chatcmpl-e27ac279ab19ef41301433bc", "hostile.jsonl", "--json"),
        run("hostile.jsonl"),
    ]

    assert [done.code for done in outputs] == [0, 0, 0, 0]
    assert not set(bad[:-1]).difference("52c;eA=31mvil]x0") & set("".join(d.out for d in outputs))


def test_a_log_comes_in_on_stdin(run: Run) -> None:
    done = run("calls", "-", stdin=NATIVE.read_bytes())

    assert len(done.objects) == 26


@pytest.mark.parametrize(
    "argv",
    [["calls", "-"], ["stats", "-", "--by", "model"], ["show", PLAIN, "-"], ["-"]],
    ids=["calls", "stats", "show", "summary"],
)
def test_a_command_that_went_well_narrates_nothing(run: Run, argv: list[str]) -> None:
    done = run(*argv, stdin=NATIVE.read_bytes())

    assert (done.code, done.err) == (0, "")
    assert done.out


def test_the_last_line_counts_even_without_its_newline(run: Run, here: Path) -> None:
    (here / "cut.jsonl").write_bytes(LINES[0] + b"\n" + LINES[1])

    assert len(run("calls", "cut.jsonl").objects) == 2


def test_without_a_terminal_a_path_gets_a_summary(run: Run) -> None:
    done = run(NATIVE)

    assert done.code == 0
    assert "native" in done.out
    assert "calls 26  errors 5" in done.out
    assert "gpt-4o-mini-2024-07-18" in done.out


def test_a_validator_of_the_config_shows_up_beside_those_of_the_log(run: Run, here: Path) -> None:
    (here / "own.py").write_text("def polite(call): return 'sorry' not in call['output_text'], 'x'")
    (here / "tailllm.toml").write_text(
        "[[validators]]\nname = 'is_json'\nkind = 'json'\nfences = true\n"
        "[[validators]]\nname = 'answers'\nkind = 'not_empty'\n"
        "[[validators]]\nname = 'polite'\nkind = 'python'\ncall = 'own:polite'\n"
    )
    [stats] = run("stats", NATIVE, "--json").objects

    assert stats["validators"]["max_length"] == {"passed": 18, "failed": 3, "errored": 0}
    assert stats["validators"]["is_json"]["passed"] == 2
    assert stats["validators"]["answers"] == {"passed": 19, "failed": 2, "errored": 0}
    assert stats["validators"]["polite"]["errored"] < 5


def test_mark_keeps_a_call_and_says_where(run: Run, here: Path) -> None:
    done = run(
        "mark",
        PLAIN,
        NATIVE,
        "--note",
        "odd",
        "--expect",
        "short",
        "--label",
        "tone",
        "--corpus",
        "kept",
    )
    marks = (here / "kept/marks.jsonl").read_bytes()

    assert done.code == 0
    assert f"{here}/kept/marks.jsonl" in done.out
    assert b"past rides" in marks
    assert marks.count(b"\n") == 1


def test_mark_works_on_a_corpus_from_the_environment(run: Run, here: Path) -> None:
    done = run("mark", PLAIN, NATIVE, TAILLLM_CORPUS=str(here / "env"))

    assert done.code == 0
    assert (here / "env/marks.jsonl").exists()


def test_a_mark_nobody_can_keep_exits_with_4(run: Run, here: Path) -> None:
    (here / "blocked").write_text("a file, not a folder")
    done = run(
        "mark", PLAIN, NATIVE, "--corpus", "blocked/corpus", XDG_STATE_HOME=str(here / "blocked")
    )

    assert done.code == 4
    assert done.out == ""


def test_the_tour_without_a_terminal_ends_with_a_summary(run: Run) -> None:
    done = run("demo", "--seconds", "0.2")

    assert done.code == 0
    assert "assist.jsonl" in done.out
    assert "validator" in done.out


def test_marked_calls_can_be_chosen(run: Run) -> None:
    run("mark", PLAIN, NATIVE, "--corpus", "kept")
    calls = run("calls", NATIVE, "--where", "is:marked", "--corpus", "kept").objects

    assert [call["response_id"] for call in calls] == [PLAIN]


def test_about_says_what_it_is_made_of_and_what_it_took(run: Run) -> None:
    done = run("--about")

    assert done.code == 0
    assert "duckdb 2" in done.out
    assert re.search(r"CPU \d+ ms, memory \d+", done.out)
