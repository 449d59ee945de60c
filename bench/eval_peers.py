"""Other runners on the same cases against the same endpoint, where they are installed.

pydantic-evals and inspect_ai are looked for in `$TAILLLM_BENCH_PEERS`, the Python of a virtual
environment of their own, or else in this one; promptfoo on the PATH. Whoever is not there is
said to be missing, not left out.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PEERS = "TAILLLM_BENCH_PEERS"
JOBS = 64
PYDANTIC = """
import re, sys
from dataclasses import dataclass
import httpx
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Evaluator, EvaluatorContext
url, cases, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=jobs))
@dataclass
class Fine(Evaluator):
    def evaluate(self, ctx: EvaluatorContext) -> bool:
        return "refund" in ctx.output and re.search(r"in \\d+ days", ctx.output) is not None
async def ask(text: str) -> str:
    body = {"model": "fake-1", "messages": [{"role": "user", "content": text}]}
    answer = await client.post(url + "/chat/completions", json=body)
    return answer.json()["choices"][0]["message"]["content"]
asked = [Case(name=f"{n}", inputs=f"Where is my refund, number {n}? " * 12) for n in range(cases)]
report = Dataset(name="refunds", cases=asked, evaluators=[Fine()]).evaluate_sync(
    ask, max_concurrency=jobs, progress=False
)
assert len(report.cases) == cases and not report.failures
"""
INSPECT = """
import sys
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import generate
cases, jobs = int(sys.argv[1]), int(sys.argv[2])
asked = [f"Where is my refund, number {n}? " * 12 for n in range(cases)]
samples = [Sample(input=text, target="refund") for text in asked]
task = Task(dataset=samples, solver=generate(), scorer=includes())
log = eval(task, model="openai-api/fake/fake-1", max_connections=jobs, display="none")[0]
assert log.status == "success" and len(log.samples) == cases, log.error
"""


class Runner(NamedTuple):
    """One of the others."""

    name: str
    command: Callable[[Path, str, int], "list[str] | None"]
    """From a folder, the endpoint and how many cases; None when it is not installed."""


def environ(url: str) -> dict[str, str]:
    """What they read from the environment; nobody's own keys."""
    return {
        "FAKE_API_KEY": "none",
        "FAKE_BASE_URL": url,
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
    }


def _python(module: str) -> str | None:
    """The Python that has it."""
    python = os.environ.get(PEERS, sys.executable)
    done = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
    return python if done.returncode == 0 else None


def _pydantic(_folder: Path, url: str, cases: int) -> list[str] | None:
    python = _python("pydantic_evals")
    return python and [python, "-c", PYDANTIC, url, str(cases), str(JOBS)]


def _inspect(_folder: Path, _url: str, cases: int) -> list[str] | None:
    python = _python("inspect_ai, openai")
    return python and [python, "-c", INSPECT, str(cases), str(JOBS)]


def _promptfoo(folder: Path, url: str, cases: int) -> list[str] | None:
    program = shutil.which("promptfoo")
    config = folder / f"promptfoo_{cases}.json"
    asked = [f"Where is my refund, number {n}? " * 12 for n in range(cases)]
    check = [{"type": "contains", "value": "refund"}]
    provider = {"id": "openai:chat:fake-1", "config": {"apiBaseUrl": url, "apiKey": "none"}}
    tests = [{"vars": {"text": text}, "assert": check} for text in asked]
    config.write_text(
        json.dumps({"prompts": ["{{text}}"], "providers": [provider], "tests": tests})
    )
    out = str(folder / "promptfoo_out.json")
    return program and [
        *(program, "eval", "-c", str(config), "-o", out),
        *("--no-cache", "--max-concurrency", str(JOBS), "--no-progress-bar", "--no-table"),
    ]


RUNNERS = (
    Runner("pydantic-evals", _pydantic),
    Runner("inspect_ai", _inspect),
    Runner("promptfoo", _promptfoo),
)
