"""The committed samples are what their script writes, and what the manifest says of them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_logs"
MANIFEST: dict[str, dict[str, Any]] = json.loads((SAMPLES / "MANIFEST.json").read_text("utf-8"))
MAX_BYTES = 3 << 20


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    script = [sys.executable, str(SAMPLES / "make.py"), str(folder)]
    subprocess.run(script, check=True, timeout=60, env={"PYTHONPATH": ":".join(sys.path)})
    return folder


def content(path: Path) -> bytes:
    import gzip

    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize("name", [*MANIFEST, "MANIFEST.json"])
def test_a_fresh_run_writes_the_same_bytes(fresh: Path, name: str) -> None:
    assert content(fresh / name) == content(SAMPLES / name)


def test_the_manifest_lists_every_log() -> None:
    logs = {str(p.relative_to(SAMPLES)) for p in SAMPLES.rglob("*.jsonl*")}

    assert logs == set(MANIFEST)


def test_the_samples_stay_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*.*") if p.is_file()) <= MAX_BYTES


def readable(name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers and objects of a native log, by the plainest possible reader."""
    for number, line in enumerate(content(SAMPLES / name).split(b"\n"), 1):
        if MANIFEST[name].get("expect", {}).get(str(number)) is None and line:
            yield number, json.loads(line.decode("utf-8", "replace"))


NATIVE = [name for name, truth in MANIFEST.items() if truth["format"] == "native"]


@pytest.mark.parametrize("name", NATIVE)
def test_the_manifest_counts_what_is_in_a_native_log(name: str) -> None:
    truth = MANIFEST[name]
    calls = [line for _, line in readable(name)]
    failing = [c for c in calls if not all(check["ok"] for check in c.get("checks", ()))]

    assert len(calls) == truth["calls"]
    assert sum("error" in call for call in calls) == truth["errors"]
    assert len(failing) == truth["failing"]
    assert sum(c["usage"]["input"] for c in calls if "usage" in c) == truth["input_tokens"]
    assert truth["bytes"] == len(content(SAMPLES / name))


def test_the_incident_has_what_its_readme_promises() -> None:
    truth = MANIFEST["incident.jsonl"]

    assert truth["validators"]["json_schema"]["failed"] > 20
    assert truth["errors"] > 5
    assert truth["by_prompt"]["billing@v15"] > 100


def test_the_torn_log_ends_without_a_newline() -> None:
    assert not content(SAMPLES / "torn.jsonl").endswith(b"\n")


def test_the_hostile_log_holds_every_kind_of_attack() -> None:
    raw = content(SAMPLES / "hostile.jsonl")

    for needle in (b"\\ud83d", b"[/oops]", b"[@click=", b"\xe2\x80\xa8", b"\xff\xfe", b"\\u0000"):
        assert needle in raw
    for needle in ("\x9b", "\u202e", "\u200b", "\U000e0070"):
        assert needle.encode() in raw
    assert max(map(len, raw.split(b"\n"))) > 100_000
    assert b"\\u001b]52;c;" in raw


def test_a_call_was_written_to_the_old_file_after_the_rename() -> None:
    def stamps(name: str) -> list[str]:
        return [line["ts"] for _, line in readable(f"rotated/{name}")]

    assert stamps("assist.jsonl.1")[-1] > min(stamps("assist.jsonl"))


def test_the_packed_generation_is_the_one_beside_it() -> None:
    packed, plain = (SAMPLES / f"rotated/assist.jsonl.3{end}" for end in (".gz", ""))

    assert content(packed) == content(plain)


def replies(name: str, asks: str) -> set[str]:
    """What was answered to a question, as the customer read it."""
    return {
        json.loads(line["output"])["reply"]
        for _, line in readable(name)
        if line["prompt"]["name"] == "billing" and line["messages"][-1]["content"] == asks
    }


def test_the_same_question_got_the_opposite_answer_on_another_day() -> None:
    asks = "can i return a pruning saw i have used once?"

    assert {reply[:3] for reply in replies("calm.jsonl", asks)} == {"I a"}
    assert {reply[:3] for reply in replies("incident.jsonl", asks)} == {"Yes"}


def flat(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {a["key"]: next(iter(a["value"].values())) for a in attributes}


def batches(kind: str, inner: str) -> Iterator[dict[str, Any]]:
    """Spans or log records of the OTLP sample, with their attributes flat."""
    for line in content(SAMPLES / "otel.jsonl").split(b"\n")[:-1]:
        for resource in json.loads(line).get(f"resource{kind}", ()):
            for scope in resource[f"scope{kind}"]:
                yield from (dict(i, fields=flat(i["attributes"])) for i in scope[inner])


def test_the_manifest_counts_what_is_in_the_otel_log() -> None:
    truth = MANIFEST["otel.jsonl"]
    spans = list(batches("Spans", "spans"))
    calls = [s for s in spans if s["fields"].get("gen_ai.operation.name") == "chat"]
    verdicts = [record["fields"] for record in batches("Logs", "logRecords")]
    failed = [v for v in verdicts if v["gen_ai.evaluation.score.label"] == "fail"]
    tokens = [int(c["fields"].get("gen_ai.usage.input_tokens", 0)) for c in calls]

    assert len({(c["traceId"], c["spanId"]) for c in calls}) == len(calls) == truth["calls"]
    assert sum(c["status"].get("code") == 2 for c in calls) == truth["errors"]
    assert len({v["gen_ai.response.id"] for v in failed}) == truth["failing"]
    assert sum(tokens) == truth["input_tokens"]
    assert len(spans) > 2 * len(calls)


def test_a_verdict_may_come_before_its_span() -> None:
    seen: set[str] = set()
    early = 0
    for line in content(SAMPLES / "otel.jsonl").split(b"\n")[:-1]:
        export = json.loads(line)
        records = [
            item
            for kind, inner in (("Spans", "spans"), ("Logs", "logRecords"))
            for resource in export.get(f"resource{kind}", ())
            for item in resource[f"scope{kind}"][0][inner]
        ]
        if "resourceSpans" in export:
            seen |= {record["spanId"] for record in records}
        early += sum(record["spanId"] not in seen for record in records)

    assert early > 5


def test_the_manifest_counts_what_is_in_the_openai_log() -> None:
    truth = MANIFEST["openai_chat.jsonl"]
    lines = [json.loads(x) for x in content(SAMPLES / "openai_chat.jsonl").split(b"\n")[:-1]]
    calls = [line for line in lines if "request" in line]
    failing = [c for c in calls if not all(v["passed"] for v in c.get("validators", ()))]

    assert len(calls) == truth["calls"]
    assert len(lines) - len(calls) == truth["other"]
    assert sum(call["status"] != 200 for call in calls) == truth["errors"]
    assert len(failing) == truth["failing"]
    assert any(isinstance(call["response"], list) for call in calls)


def rows() -> list[list[str]]:
    """The cells of the README's table."""
    lines = (SAMPLES / "README.md").read_text("utf-8").split("\n")
    return [[c.strip(" `") for c in row.strip("|").split("|")] for row in lines if row[:3] == "| `"]


def test_the_readme_tells_the_manifests_numbers() -> None:
    columns = ("calls", "errors", "failing", "broken", "other", "any")
    told = {row[0]: [int(cell) for cell in row[2:]] for row in rows()}

    assert told == {name: [t.get(c, 0) for c in columns] for name, t in MANIFEST.items()}
