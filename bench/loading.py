"""Ways to get a batch of calls into DuckDB."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench.measure import in_turn, show
from tailllm.store.arrow import Table, pack

ROWS = 5_000
FEW = 100
KINDS = {
    "seq": "BIGINT",
    "time_s": "DOUBLE",
    "ms": "DOUBLE",
    "tokens": "BIGINT",
    "model": "INTEGER",
    "key": "VARCHAR",
}
TABLE = f"CREATE TABLE calls ({', '.join(f'{name} {kind}' for name, kind in KINDS.items())})"


def run() -> None:
    """Compare the ways, each into a table of its own."""
    rows = [
        (n, n * 0.025, 900.0 + n % 7, n % 4000, n % 4, f"resp:chatcmpl-{n:024x}")
        for n in range(ROWS)
    ]
    ways: dict[str, Callable[[Any, list[tuple[Any, ...]]], object]] = {
        "packed columns, packing included (the ledger's way)": _packed,
        "Appender": _appender,
        "memfd and read_json, JSON not counted": _memfd(rows),
        "memfd and read_json, with json.dumps": lambda base, some: _memfd(some)(base, some),
        "unnest of parameters": _unnest,
    }
    taken = in_turn({name: _fresh(way, rows) for name, way in ways.items()})
    few = in_turn({"executemany": _fresh(_executemany, rows[:FEW])}, rounds=1)["executemany"]
    taken["executemany (from a hundred rows)"] = None if few is None else few * ROWS / FEW
    show(
        f"Loading {ROWS} rows into DuckDB (ratio to the Appender)",
        taken,
        against="Appender",
        per="rows",
        amount=ROWS,
    )


def _fresh(
    way: Callable[[Any, list[tuple[Any, ...]]], object], rows: list[tuple[Any, ...]]
) -> Callable[[], object]:
    database = duckdb.connect(":memory:", config={"threads": 2})
    database.execute(TABLE)
    return lambda: way(database, rows)


def _packed(database: Any, rows: list[tuple[Any, ...]]) -> None:
    columns = zip(KINDS.values(), zip(*rows, strict=True), strict=True)
    packed = [pack(kind, values) for kind, values in columns]
    database.register("coming", Table(list(KINDS), packed, len(rows)))
    database.execute("INSERT INTO calls FROM coming")
    database.unregister("coming")


def _appender(database: Any, rows: list[tuple[Any, ...]]) -> None:
    appender = database.appender("calls")
    appender.append_rows(rows)
    appender.flush()


def _executemany(database: Any, rows: list[tuple[Any, ...]]) -> None:
    database.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?)", rows)


def _unnest(database: Any, rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(f"unnest(?::{kind}[])" for kind in KINDS.values())
    database.execute(
        f"INSERT INTO calls SELECT {columns}", [list(one) for one in zip(*rows, strict=True)]
    )


def _memfd(rows: list[tuple[Any, ...]]) -> Callable[[Any, list[tuple[Any, ...]]], None]:
    text = "".join(json.dumps(dict(zip(KINDS, row, strict=True))) + "\n" for row in rows).encode()

    def load(database: Any, _rows: list[tuple[Any, ...]]) -> None:
        if not hasattr(os, "memfd_create"):
            return
        number = os.memfd_create("rows")
        with open(number, "wb") as file:
            file.write(text)
            file.flush()
            path = Path("/proc/self/fd") / str(number)
            database.execute(
                f"INSERT INTO calls SELECT * FROM read_json('{path}', columns={KINDS},"
                " format='newline_delimited')"
            )

    return load
