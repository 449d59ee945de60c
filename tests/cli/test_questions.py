"""The verbs that answer questions, from outside, on the story of the incident."""

import csv
import json
import re
import stat
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.conftest import NATIVE, Run

INCIDENT = Path(__file__).parents[2] / "sample_logs/incident.jsonl"
LINES = [json.loads(line) for line in INCIDENT.read_bytes().splitlines()]


def version(line: dict) -> str:
    return f"{line['prompt']['name']}@{line['prompt']['version']}"


def test_sql_counts_what_the_log_holds_and_says_what_it_did_not_understand(run: Run) -> None:
    question = "SELECT prompt, count(*) AS n FROM calls GROUP BY ALL"
    found = run("sql", question, INCIDENT, "--json", "--where", "-prompt:route").objects

    assert {row["prompt"]: row["n"] for row in found} == Counter(
        version(line) for line in LINES if line["prompt"]["name"] != "route"
    )
    wrong = run("sql", "SELECT modle FROM calls", INCIDENT)
    assert wrong.code == 2
    assert "character 8" in wrong.err


def test_what_changed_when_v15_shipped_names_the_version_and_the_validator(run: Run) -> None:
    done = run("changed", "--at", "12:00:35", INCIDENT, "--json")
    found = {(one["what"], one["name"]): one for one in json.loads(done.out)["differences"]}
    after = [line for line in LINES if line["ts"] >= "2026-11-22T12:00:35"]
    judged = [c for line in after for c in line.get("checks", ()) if c["name"] == "json_schema"]

    assert done.code == 0
    assert found["prompt", "billing@v15"]["after"]["part"] == sum(
        version(line) == "billing@v15" for line in after
    )
    schema = found["validator", "json_schema"]["after"]
    assert (schema["part"], schema["n"]) == (sum(not c["ok"] for c in judged), len(judged))
    assert "Not enough calls" in run("changed", "--at", "11:59:21", INCIDENT).out
    assert run("changed", "--at", "11:59:21", INCIDENT).code == 3


def test_two_versions_and_two_stretches_are_compared_too(run: Run) -> None:
    of = Counter(version(line) for line in LINES)
    versions = json.loads(run("changed", "--prompt", "billing@v15", INCIDENT, "--json").out)
    spans = ("--before", "11:59..12:00:20", "--after", "12:00:35..12:02:30")
    stretches = json.loads(run("changed", *spans, INCIDENT, "--json").out)
    inside = [line["ts"][11:19] for line in LINES]

    assert versions["before"]["calls"] == of["billing@v14"]
    assert versions["after"]["calls"] == of["billing@v15"]
    assert stretches["after"]["calls"] == sum("12:00:35" <= at < "12:02:30" for at in inside)
    assert stretches["differences"]
    assert run("changed", "--prompt", "billing@v14", INCIDENT).code == 2
    assert run("changed", "--after", "12:00..", INCIDENT).code == 2


def test_the_failing_calls_share_their_prompt_version(run: Run) -> None:
    found = json.loads(
        run("changed", "--failing", "--where", "-status:error", INCIDENT, "--json").out
    )

    first = found["differences"][0]
    assert (first["what"], first["name"], first["after"]["value"]) == ("prompt", "billing@v15", 1.0)


def test_prompts_lists_versions_and_shows_the_edit_that_did_it(run: Run) -> None:
    calls: defaultdict[str, int] = defaultdict(int)
    for line in LINES:
        calls[version(line)] += 1
    found = {one["label"]: one for one in run("prompts", INCIDENT, "--json").objects}

    assert {label: one["calls"] for label, one in found.items()} == calls
    assert found["billing@v15"]["predecessor"]["label"] == "billing@v14"
    assert "max_tokens: [-400-] {+300+}" in run("prompts", INCIDENT, "--diff", "v14", "v15").out


def test_a_check_says_fine_over_or_that_nobody_can_tell(run: Run, tmp_path: Path) -> None:
    failing = sum(any(not c["ok"] for c in line.get("checks", ())) for line in LINES) / len(LINES)

    fine = run("check", INCIDENT, "--max-fail", f"{failing + 0.001:.4f}", "--json")
    assert fine.code == 0
    assert json.loads(fine.out)["limits"][0]["value"] == pytest.approx(failing, abs=1e-6)
    assert run("check", INCIDENT, "--max-fail", f"{failing - 0.001:.4f}").code == 1
    assert run("check", INCIDENT, "--max-fail", "1%", "--where", "user:nobody").code == 3
    assert run("check", INCIDENT).code == 2
    (tmp_path / "tailllm.toml").write_text("[thresholds]\nmax_p95_ms = 1\n")
    assert run("check", INCIDENT).code == 1


def test_an_export_is_whole_new_private_and_without_secrets(run: Run, here: Path) -> None:
    line = LINES[0] | {"user": "=1+1", "output": "use sk-ant-" + "aB3" * 12 + " `` ```"}
    (here / "log.jsonl").write_text(json.dumps(line) + "\n")
    out = here / "calls.csv"

    assert run("export", "log.jsonl", "--out", "calls.csv").code == 0
    [row] = csv.DictReader(out.read_text().splitlines())
    assert (row["user_id"], row["model"]) == ("'=1+1", line["model"])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert run("export", "log.jsonl", "--out", "calls.csv").code == 2
    assert run("export", "log.jsonl", "--out", "calls.parquet").code == 0
    [call] = run("export", "log.jsonl").objects
    ticket = run("export", "log.jsonl", "--call", call["key"]).out
    for text in (json.dumps(call), ticket):
        assert "sk-ant-" not in text
        assert "REDACTED:anthropic-key" in text
    assert "````text" in ticket


def test_all_calls_of_a_filter_are_shown_oldest_first(run: Run) -> None:
    session = Counter(line["session"] for line in LINES).most_common(1)[0][0]
    own = [line for line in LINES if line["session"] == session]
    found = run("show", INCIDENT, "--where", f"session={session}", "--json")
    plain = run("show", "--where", f"session={session}", INCIDENT)

    assert [one["start_time"][:19] for one in found.objects] == sorted(
        line["ts"][:19] for line in own
    )
    assert f"{len(own)} of {len(LINES)} calls shown" in found.err
    assert all(call["key"] in plain.out for call in found.objects)
    assert run("show", INCIDENT).code == 2


def test_a_replay_plays_every_line_once_byte_for_byte_in_order(run: Run) -> None:
    played = run("replay", INCIDENT, "--speed", "100000x").raw.splitlines()
    given = INCIDENT.read_bytes().splitlines()

    assert Counter(played) == Counter(given)
    ends = [json.loads(line) for line in played]
    stamps = [line["ts"] for line in ends]
    assert stamps[0] == min(stamps)
    assert run("replay", INCIDENT, "--speed", "fast").code == 2


def test_every_question_prints_for_people_and_for_programs(run: Run) -> None:
    conversation = LINES[0]["session"]
    keys = [call["key"] for call in run("calls", NATIVE).objects[:2]]
    verbs = [
        ("groups", INCIDENT, "--by", "model", "--window", "1m"),
        ("timeline", INCIDENT, "--buckets", "7"),
        ("conversation", conversation, INCIDENT),
        ("diff", *keys, NATIVE),
    ]

    for verb in verbs:
        plain, data = run(*verb), run(*verb, "--json")
        assert (plain.code, data.code) == (0, 0), plain.err + data.err
        assert plain.out.strip()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", plain.out)
    timeline = run("timeline", INCIDENT, "--json", "--buckets", "7").objects
    assert (len(timeline), sum(one["calls"] for one in timeline)) == (7, len(LINES))


def test_groups_conversations_and_variants_say_in_json_what_plain_python_counts(run: Run) -> None:
    bad = [
        line.get("error") is not None or any(not c["ok"] for c in line.get("checks", ()))
        for line in LINES
    ]
    of: defaultdict[str, list[bool]] = defaultdict(list)
    for line, is_bad in zip(LINES, bad, strict=True):
        of[version(line)].append(is_bad)
    groups = run("groups", INCIDENT, "--by", "prompt", "--json").objects
    session = Counter(line["session"] for line in LINES).most_common(1)[0][0]
    own = sorted(line["ts"] for line in LINES if line["session"] == session)
    thread = json.loads(run("conversation", session, INCIDENT, "--json").out)
    variants = run("variants", INCIDENT, "--json").objects

    assert {one["prompt"]: (one["calls"], one["bad"]) for one in groups} == {
        name: (len(some), sum(some)) for name, some in of.items()
    }
    assert [step["start_time"][:19] for step in thread["steps"]] == [ts[:19] for ts in own]
    assert variants
    for one in variants:
        texts = Counter(" ".join(answer["text"].split()) for answer in one["answers"])
        assert (one["calls"], one["texts"]) == (texts.total(), len(texts))
        assert one["text_stability"] == round(max(texts.values()) / texts.total(), 4)


def test_a_stretch_of_time_stands_beside_the_one_before_it(run: Run) -> None:
    cut = ["2026-11-22T11:59:00Z", "2026-11-22T12:00:30Z", "2026-11-22T12:02:00Z"]
    window = "..".join(cut[1:])
    groups = run("groups", INCIDENT, "--by", "host", "--window", window, "--json").objects
    counts = [
        Counter(line["host"] for line in LINES if low <= line["ts"] < high)
        for low, high in pairwise(one[:-1] for one in cut)
    ]

    assert {one["host"]: one["calls"] for one in groups} == counts[1]
    assert {one["host"]: one["before"]["calls"] for one in groups} == counts[0]


@pytest.mark.parametrize(
    "log",
    ["hostile.jsonl"]
    + [
        pytest.param(name, marks=pytest.mark.long)
        for name in ("torn.jsonl", "otel.jsonl", "openai_chat.jsonl", "long_tail.jsonl", "rotated")
    ],
)
def test_no_question_is_upset_by_what_stands_in_a_log(run: Run, log: str) -> None:
    path = INCIDENT.parent / log
    calls = run("calls", path).objects
    keys = [call["key"] for call in calls]
    ids = [call["conversation_id"] or call["session_id"] or call["trace_id"] for call in calls]
    questions = [
        ("groups", path, "--by", "user"),
        ("prompts", path),
        ("variants", path),
        ("changed", path, "--failing"),
        ("calls", path, "--where", "is:retry OR is:language-new OR is:loop"),
        ("diff", keys[0], keys[-1], path),
        ("export", path, "--call", keys[len(keys) // 2]),
        ("export", path),
        *([("conversation", next(filter(None, ids)), path)] if any(ids) else []),
    ]

    for question in questions:
        done = run(*question)
        assert done.code in (0, 3), done.err
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", done.out)
