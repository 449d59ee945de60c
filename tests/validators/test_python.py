"""Somebody's own validator: every way it can answer, and every way it can go wrong."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tailllm.config.specs import PythonSpec
from tailllm.validators.checks import Checks
from tests.validators.conftest import answered

OWN = """
import os, sys, time

def yes(call): return True
def no(call): return False
def why(call): return (False, "three questions, one answer")
def table(call): return {"passed": False, "explanation": "rude", "label": "tone", "score": 0.2}
def undecided(call): return {"passed": None, "explanation": "no order number"}
def nothing(call): pass
def odd(call): return "yes"
def raises(call): raise ValueError("no such field")
def leaves(call): os._exit(3)
def sys_exit(call): sys.exit(0)
def hangs(call): time.sleep(3600)
def spins(call):
    import re
    re.match(r"^(a|a)*$", "a" * 60 + "!")
def hangs_when_told(call):
    if call["output_text"] == "hang": time.sleep(3600)
    return True
def chatty(call):
    print("{}"); sys.stdout.flush(); os.write(1, b"x\\n" * 99)
    return True
def sees(call): return (False, call["output_text"])
def environment(call): return (False, ",".join(sorted(os.environ)))
def where(call): return (False, os.getcwd())
def endless(call): return (False, "x" * 3_000_000)
"""

SOON_S = 30.0
"""With the start of an interpreter on a busy machine; the functions here hang for an hour."""
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Run `own:<function>` once; further calls of the same function use the same validator."""
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "own.py").write_text(OWN)
    (folder / "broken.py").write_text("import nowhere_at_all")
    opened: dict[str, Checks] = {}

    def run(function: str, text: str = "hello", timeout_ms: float = 30_000) -> dict[str, Any]:
        name = function if ":" in function else f"own:{function}"
        if name not in opened:
            spec = PythonSpec(
                name="mine", kind="python", call=name, folder=str(folder), timeout_ms=timeout_ms
            )
            opened[name] = Checks([spec])
        call = answered(output_text=text)
        [verdict] = opened[name].run(call, lambda: {"output_text": text})
        return verdict

    yield run
    for checks in opened.values():
        checks.close()


@pytest.mark.parametrize(
    ("function", "passed", "why"),
    [
        ("yes", True, None),
        ("no", False, "the function gave no reason"),
        ("why", False, "three questions, one answer"),
        ("table", False, "rude"),
        ("undecided", None, "no order number"),
        ("nothing", None, "answered NoneType, not True or False"),
        ("odd", None, "answered str, not True or False"),
        ("raises", None, "ValueError: no such field"),
        ("sys_exit", None, "SystemExit: 0"),
        ("leaves", None, "its process ended: it left without an answer"),
        ("endless", None, "its process ended: its answer has no end"),
        ("chatty", True, None),
    ],
)
def test_an_answer_becomes_a_verdict(
    ask: Ask, function: str, passed: bool | None, why: str | None
) -> None:
    verdict = ask(function)

    assert verdict["passed"] is passed
    assert verdict["explanation"] == why
    assert passed is not None or verdict["label"] == "errored"


def test_a_dict_may_carry_a_label_and_a_score(ask: Ask) -> None:
    verdict = ask("table")

    assert verdict["label"] == "tone"
    assert verdict["score"] == 0.2


@pytest.mark.parametrize("function", ["hangs", "spins"])
def test_a_function_that_hangs_is_ended_at_its_deadline(ask: Ask, function: str) -> None:
    started = time.monotonic()
    verdict = ask(function, timeout_ms=200)
    took = time.monotonic() - started

    assert verdict["passed"] is None
    assert verdict["explanation"] == "took over 200 ms and was ended"
    assert took < SOON_S


def test_after_a_hang_the_next_call_is_judged_again(ask: Ask) -> None:
    ask("hangs_when_told", "hang", timeout_ms=2_000)
    verdict = ask("hangs_when_told", "fine")

    assert verdict["passed"] is True


def test_after_three_kills_it_is_disabled_and_says_so(ask: Ask) -> None:
    for _ in range(3):
        ask("hangs_when_told", "hang", timeout_ms=300)
    took = []
    for _ in range(5):
        started = time.monotonic()
        verdict = ask("hangs_when_told", "fine")
        took.append(time.monotonic() - started)

    assert verdict["label"] == "errored"
    assert verdict["explanation"].startswith("disabled after 3 ends")
    assert min(took) < 0.1, "no process is started, and nobody is waited for"


@pytest.mark.parametrize("name", ["nowhere_at_all:f", "broken:f", "own:missing", "own:OWN.x"])
def test_a_function_that_cannot_be_loaded_is_errored_every_time(ask: Ask, name: str) -> None:
    first, second = ask(name), ask(name)

    assert first["label"] == second["label"] == "errored"
    assert "cannot be loaded" in first["explanation"]
    assert "Error" in second["explanation"]


def test_a_10_mb_call_goes_through(ask: Ask) -> None:
    verdict = ask("sees", "x" * 10_000_000)

    assert verdict["explanation"].startswith("its process ended: its answer has no end")


def test_hostile_text_arrives_as_it_was(ask: Ask) -> None:
    verdict = ask("sees", "\x1b]0;x\x07\n\u202e")

    assert verdict["explanation"] == "\x1b]0;x\x07\n\u202e"


def test_half_an_emoji_in_a_reason_is_spelled_out(ask: Ask) -> None:
    verdict = ask("sees", "\ud83d")

    assert verdict["explanation"] == "\\ud83d"


def test_no_key_of_the_environment_reaches_the_function(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    verdict = ask("environment")

    assert "OPENAI_API_KEY" not in verdict["explanation"]
    assert "PATH" in verdict["explanation"]


def test_it_runs_in_the_folder_of_the_config(ask: Ask, tmp_path: Path) -> None:
    assert ask("where")["explanation"] == str(tmp_path / "checks")


def test_closing_leaves_no_process_behind(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import os\ndef pid(call): return (False, str(os.getpid()))")
    spec = PythonSpec(name="mine", kind="python", call="own:pid", folder=str(tmp_path))
    checks = Checks([spec])
    [verdict] = checks.run(answered(), dict)
    checks.close()

    with pytest.raises(ProcessLookupError):
        os.kill(int(verdict["explanation"]), 0)


def test_the_call_is_made_canonical_only_once_and_only_when_needed() -> None:
    made: list[int] = []

    def canonical() -> dict[str, Any]:
        made.append(1)
        return {}

    names = [PythonSpec(name=name, kind="python", call="nowhere:f") for name in ("a", "b")]
    checks = Checks(names)
    checks.run(answered(status="error"), canonical)
    assert made == []
    checks.run(answered(), canonical)
    checks.close()

    assert made == [1]
