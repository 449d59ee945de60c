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


def rows() -> list[list[str]]:
    """The cells of the README's table."""
    lines = (SAMPLES / "README.md").read_text("utf-8").split("\n")
    return [[c.strip(" `") for c in row.strip("|").split("|")] for row in lines if row[:3] == "| `"]


def test_the_readme_tells_the_manifests_numbers() -> None:
    columns = ("calls", "errors", "failing", "broken", "other", "any")
    told = {row[0]: [int(cell) for cell in row[2:]] for row in rows()}

    assert told == {name: [t.get(c, 0) for c in columns] for name, t in MANIFEST.items()}
