"""From a log file to calls one can ask about, beside what else reads such a file."""

import json
import shutil
import subprocess
from pathlib import Path

from bench.measure import Way, in_turn, show
from tailllm.config.model import Config
from tailllm.dialects.assembly import Assembler
from tailllm.dialects.reader import Reader
from tailllm.feed.feed import Feed
from tailllm.records.part import Reject
from tailllm.sources.follow import Follower

COLUMNS = (
    "{'ts': 'VARCHAR', 'ms': 'DOUBLE', 'id': 'VARCHAR', 'model': 'VARCHAR',"
    " 'prompt': 'STRUCT(name VARCHAR, version VARCHAR)', 'finish': 'VARCHAR',"
    " 'usage': 'STRUCT(\"input\" BIGINT, \"output\" BIGINT)', 'session': 'VARCHAR'}"
)


def run(log: Path, name: str) -> None:
    """Compare the ways to read one log of native lines."""
    size = log.stat().st_size
    ways: dict[str, Way | None] = {
        "json.loads of every line": lambda: [json.loads(line) for line in log.open("rb")],
        "tailllm: lines with addresses": lambda: _lines(log),
        "tailllm: calls": lambda: _calls(log),
        "tailllm: all of it, ready to be asked": lambda: _feed(log),
        "DuckDB read_json, 8 columns, no addresses": lambda: _duckdb(log),
        "wc -l": _peer("wc", "-l", log),
        "jq, 4 fields": _peer("jq", "-c", "[.ts,.ms,.model,.usage.output]", log),
        "lnav -n, one GROUP BY": _lnav(log),
    }
    taken = in_turn(ways)
    show(
        f"Reading {size / 1e6:.0f} MB of {name} (ratio to json.loads)",
        taken,
        against="json.loads of every line",
        per="MB",
        amount=size / 1e6,
    )


def _lines(log: Path) -> int:
    follower = Follower([str(log)], follow=False)
    try:
        return sum(len(chunk) for past in follower.past for chunk in past.backward())
    finally:
        follower.close()


def _calls(log: Path) -> int:
    follower = Follower([str(log)], follow=False)
    calls = 0
    try:
        for past in follower.past:
            reader, assembler = Reader(past.file), Assembler()
            reader.settle(past.sample())
            for chunk in past.backward():
                found = [reader.read(line) for line in chunk]
                parts = [part for one in found if not isinstance(one, Reject) for part in one]
                calls += len(assembler.add(parts))
    finally:
        follower.close()
    return calls


def _feed(log: Path) -> int:
    feed = Feed([str(log)], Config(), follow=False)
    try:
        feed.load()
        return feed.store.stats(by="model").calls
    finally:
        feed.close()


def _duckdb(log: Path) -> int:
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        database.execute(
            f"CREATE TABLE calls AS SELECT * FROM read_json('{log}', columns={COLUMNS},"
            " format='newline_delimited')"
        )
        return len(database.execute("SELECT model, count(*) FROM calls GROUP BY 1").fetchall())


def _peer(*command: str | Path) -> Way | None:
    program = shutil.which(str(command[0]))
    if program is None:
        return None
    words = [program, *map(str, command[1:])]
    return lambda: subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def _lnav(log: Path) -> Way | None:
    question = ";SELECT log_level, count(*) FROM all_logs GROUP BY log_level"
    return _peer("lnav", "-n", "-c", question, log)
