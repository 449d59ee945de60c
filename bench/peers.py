"""The programs we are measured against, each doing the same as a whole process."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

FORMAT = {
    "native_call": {
        "title": "one call to a model a line",
        "json": True,
        "file-pattern": r"calls.*\.jsonl",
        "timestamp-field": "ts",
        "timestamp-divisor": 1,
        "body-field": "output",
        "line-format": [
            {"field": "__timestamp__"},
            " ",
            {"field": "model"},
            " ",
            {"field": "ms"},
            " ",
            {"field": "output", "max-width": 60},
        ],
        "value": {
            "model": {"kind": "string", "identifier": True},
            "id": {"kind": "string", "identifier": True},
            "ms": {"kind": "float"},
            "output": {"kind": "string"},
            "messages": {"kind": "json", "hidden": True},
            "usage": {"kind": "json", "hidden": True},
            "checks": {"kind": "json", "hidden": True},
            "prompt": {"kind": "json", "hidden": True},
        },
    }
}
COLUMNS = (
    "{'ts': 'DOUBLE', 'ms': 'DOUBLE', 'id': 'VARCHAR', 'model': 'VARCHAR',"
    " 'prompt': 'STRUCT(name VARCHAR, version VARCHAR)', 'finish': 'VARCHAR',"
    " 'usage': 'STRUCT(\"input\" BIGINT, \"output\" BIGINT)', 'session': 'VARCHAR',"
    " 'user': 'VARCHAR', 'checks': 'STRUCT(name VARCHAR, ok BOOLEAN)[]'}"
)
TABLE = """
import duckdb, sys
base = duckdb.connect(":memory:", config={"threads": 2})
source = f"read_json('{sys.argv[1]}', columns={sys.argv[2]}, format='newline_delimited')"
base.execute(f"CREATE TABLE calls AS SELECT * FROM {source}")
question = "SELECT model, count(*), quantile_cont(ms, 0.95) FROM calls GROUP BY 1"
print(base.execute(question).fetchall())
"""
TAILLLM = (sys.executable, "-m", "tailllm")

Command = list[str]


def lnav(folder: Path) -> Command | None:
    """lnav with a format for native lines, kept in `folder`; None when not installed."""
    program = shutil.which("lnav")
    if program is None:
        return None
    formats = folder / "lnav" / "formats" / "tailllm"
    formats.mkdir(parents=True, exist_ok=True)
    (formats / "native.json").write_text(json.dumps(FORMAT))
    return [program, "-I", str(folder / "lnav")]


def index_with_lnav(folder: Path, log: Path) -> Command | None:
    """Index, and one question."""
    program = lnav(folder)
    question = ";SELECT model, count(*), avg(ms) FROM native_call GROUP BY model"
    return None if program is None else [*program, "-n", "-c", question, str(log)]


def index_with_jq(log: Path) -> Command | None:
    """Four fields of every line."""
    program = shutil.which("jq")
    return None if program is None else [program, "-c", "[.ts,.ms,.model,.usage.output]", str(log)]


def index_with_duckdb(log: Path) -> Command:
    """Ten columns of every line into a table, and one question."""
    return [sys.executable, "-c", TABLE, str(log), COLUMNS]


def index_with_tailllm(log: Path) -> Command:
    """All columns and byte addresses of every line, and one question."""
    return [*TAILLLM, "stats", str(log), "--by", "model", "--json"]


def runs(command: Command | None) -> Callable[[], object] | None:
    """Run the command to its end, its output thrown away."""
    if command is None:
        return None
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
