"""SQL that somebody typed: it answers, it cannot get out, and it ends."""

import os
import re
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tailllm.errors import FilterError, TailllmError, UsageError
from tailllm.records.row import Row
from tailllm.store import sql, sql_child
from tailllm.store.filter import parse
from tailllm.store.ledger import Ledger
from tailllm.store.sql import Limits, Sql, SqlError
from tests.wait import PATIENCE_S, wait_until

MakeRow = Callable[..., Row]
ESCAPES = [
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_blob('{secret}')",
    "SELECT * FROM read_json('{secret}')",
    "SELECT * FROM read_parquet('{secret}')",
    "SELECT * FROM sniff_csv('{secret}')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '{secret}'",
    "SELECT * FROM '{secret}.csv'",
    "FROM query('SELECT * FROM read_text(''{secret}'')')",
    "WITH x AS (SELECT * FROM read_csv('{secret}')) SELECT * FROM x",
    "SELECT * FROM 'http://127.0.0.1:{port}/x.csv'",
    "SELECT * FROM read_csv('https://127.0.0.1:{port}/x')",
    "COPY calls TO '{out}'",
    "COPY (SELECT 1) TO '{out}' (FORMAT csv)",
    "COPY calls FROM '{secret}'",
    "EXPORT DATABASE '{out}'",
    "IMPORT DATABASE '{out}'",
    "ATTACH '{out}' AS x",
    "ATTACH ':memory:' AS x",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{out}'",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "SET enable_external_access=true",
    "RESET enable_external_access",
    "SET lock_configuration=false",
    "SET memory_limit='100GB'",
    "CALL pragma_version()",
    "SELECT * FROM sys_argv",
    "SELECT * FROM asked",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE calls",
    "SELECT 1 /* ; */ ; ATTACH '{out}' --",
    "DROP TABLE calls",
    "DELETE FROM calls",
    "UPDATE calls SET model = 'x'",
    "INSERT INTO calls SELECT * FROM calls",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "CREATE SECRET s (TYPE s3)",
    "WITH x AS (DELETE FROM calls RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO evaluations SELECT * FROM evaluations RETURNING *) SELECT * FROM x",
    "BEGIN",
    "COMMIT",
    "CHECKPOINT",
    "VACUUM",
    "EXPLAIN ANALYZE DELETE FROM calls",
    "PREPARE p AS DELETE FROM calls",
    "EXECUTE p",
    "PIVOT calls ON model",
    "",
    "--",
    ";",
]


@pytest.fixture
def ledger(make_row: MakeRow) -> Ledger:
    made = Ledger()
    verdicts = (("json", "failed"), ("no_pii", "passed"))
    made.extend(
        enumerate(
            [
                make_row(key="a", model="m1", latency_ms=100.0, verdicts=verdicts),
                make_row(key="b", model="m2", latency_ms=None, verdicts=()),
                make_row(key="c", model=None, status="error", error_type="429"),
            ]
        )
    )
    return made


@pytest.fixture
def locked(ledger: Ledger) -> Iterator[Callable[[str], dict[str, Any]]]:
    """The child's database, in this process: what typed SQL meets, without starting it anew."""
    fd = os.memfd_create("calls")
    ledger.copy_out(sql.HAND_OVER.format(where="true", path=f"/proc/self/fd/{fd}"), ())
    asked = {"fd": fd, "names": ledger.known_names(), "verdicts": ledger.known_verdicts()}
    asked |= {"paths": ledger.known_names(), **Limits()._asdict()}
    database = sql_child._loaded(asked)
    sql_child._lock(database, Limits().memory_bytes)

    def answer(question: str, **limits: int) -> dict[str, Any]:
        cursor = database.cursor()
        try:
            return sql_child._answer(cursor, asked | {"question": question} | limits)
        except sql_child.duckdb.Error as error:
            return sql_child._told(str(error), question)
        finally:
            cursor.close()

    yield answer
    os.close(fd)
    database.close()


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """A file that must not be read and one that must not be written."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    (tmp_path / "secret.csv").write_text("a\ns3cret\n")
    return {"secret": str(secret), "out": str(tmp_path / "out"), "port": "9"}


def test_every_way_out_is_refused_and_nothing_is_changed(
    locked: Callable[[str], dict[str, Any]], places: dict[str, str], tmp_path: Path
) -> None:
    before = locked("SELECT * FROM calls ORDER BY call")
    files = sorted(tmp_path.rglob("*"))

    for escape in ESCAPES:
        reply = locked(escape.format(**places))
        assert "error" in reply, escape
        assert "s3cret" not in str(reply), escape
    assert locked("SELECT * FROM calls ORDER BY call") == before
    assert sorted(tmp_path.rglob("*")) == files


@pytest.mark.long
@pytest.mark.parametrize("escape", ESCAPES)
def test_every_way_out_is_refused_by_the_process_too(
    ledger: Ledger, places: dict[str, str], tmp_path: Path, escape: str
) -> None:
    files = sorted(tmp_path.rglob("*"))

    with pytest.raises(TailllmError) as refused:
        Sql(ledger, escape.format(**places)).run()
    assert "s3cret" not in refused.value.what
    assert sorted(tmp_path.rglob("*")) == files


def test_the_calls_and_their_verdicts_can_be_asked(ledger: Ledger) -> None:
    question = """
        SELECT key, model, latency_ms, error, file, epoch(start_time) > 1e9 AS dated, name, passed
        FROM calls LEFT JOIN evaluations USING (call, key) ORDER BY key, name"""
    found = Sql(ledger, question, path=lambda file: f"/log/{file}").run()

    assert found.columns[:3] == ("key", "model", "latency_ms")
    assert found.rows == (
        ("a", "m1", 100.0, None, "/log/1:2:abcd", True, "json", False),
        ("a", "m1", 100.0, None, "/log/1:2:abcd", True, "no_pii", True),
        ("b", "m2", None, None, "/log/1:2:abcd", True, None, None),
        ("c", None, pytest.approx(902, abs=7), "429", "/log/1:2:abcd", True, "max_length", True),
    )
    assert not found.more
    where = parse("model:m1 OR status:error").condition(ledger)
    assert where is not None
    fewer = Sql(ledger, "SELECT key FROM calls ORDER BY 1", where=where).run()
    assert fewer.rows == (("a",), ("c",))


def test_the_page_lists_every_column(locked: Callable[[str], dict[str, Any]]) -> None:
    page = (Path(__file__).parents[2] / "docs/questions.md").read_text("utf-8")

    for name in ("calls", "evaluations"):
        [row] = re.findall(rf"^\| `{name}` \| (.*) \|$", page, re.M)
        columns = [found[0] for found in locked(f"DESCRIBE {name}")["rows"]]
        assert sorted(re.findall(r"`(\w+)`", row)) == sorted(columns)


def test_the_same_numbers_as_another_database(
    locked: Callable[[str], dict[str, Any]], ledger: Ledger
) -> None:
    question = "SELECT model, count(*), count(latency_ms), sum(input_tokens) FROM calls GROUP BY 1 ORDER BY 2, 1"
    rows = locked("SELECT key, model, latency_ms, input_tokens FROM calls")["rows"]
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE calls (key, model, latency_ms, input_tokens)")
    other.executemany("INSERT INTO calls VALUES (?, ?, ?, ?)", rows)

    wanted = sorted(map(list, other.execute(question)), key=str)
    assert sorted(locked(question)["rows"], key=str) == wanted


@pytest.mark.parametrize(
    ("question", "place", "hint"),
    [
        ("SELECT modle FROM calls", 7, "model"),
        ("SELECT 1\nFROM cals", 14, "calls"),
        ("SELECT 1 FROM calls WHERE", 20, ""),
    ],
)
def test_a_mistake_is_told_with_its_place(
    locked: Callable[[str], dict[str, Any]], question: str, place: int, hint: str
) -> None:
    reply = locked(question)
    refused = sql._refusal(reply["error"], question, reply["at"])

    assert isinstance(refused, FilterError)
    assert refused.start == place
    assert hint in refused.fix
    assert "\n" not in refused.what + refused.fix


def test_values_are_plain_and_odd_ones_are_text(locked: Callable[[str], dict[str, Any]]) -> None:
    question = """
        SELECT 1::UTINYINT, 1.5::DECIMAL(9,2), 2::HUGEINT, 'nan'::DOUBLE, DATE '2026-11-22',
               [1, NULL], {'a': 1}, 'x'::BLOB, NULL, true, INTERVAL 1 DAY, uuid() IS NOT NULL"""
    [row] = locked(question)["rows"]

    assert row == [
        1,
        1.5,
        2,
        "nan",
        "2026-11-22",
        [1, None],
        {"a": 1},
        "78",
        None,
        True,
        "1 day, 0:00:00",
        True,
    ]


def test_only_so_many_rows_and_bytes_come_back(locked: Callable[..., dict[str, Any]]) -> None:
    found = locked("SELECT range FROM range(100000)", rows=10)

    assert len(found["rows"]) == 10
    assert found["more"]
    assert (
        "too large"
        in locked("SELECT repeat('x', 1000) FROM range(99)", answer_bytes=9_000)["error"]
    )


def test_a_question_that_never_ends_is_ended_and_the_next_one_works(ledger: Ledger) -> None:
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    begun = monotonic()

    with pytest.raises(SqlError, match=r"longer than 0.5 s"):
        Sql(ledger, endless, limits=Limits(seconds=0.5)).run()
    assert monotonic() - begun < PATIENCE_S
    assert Sql(ledger, "SELECT count(*) FROM calls").run().rows == ((3,),)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT repeat('x', 1000000000)",
        pytest.param("SELECT list(range) FROM range(100000000)", marks=pytest.mark.long),
        pytest.param(
            "SELECT a.range, count(*) FROM range(100000000) a GROUP BY 1 ORDER BY 2",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "SELECT string_agg(repeat('y', 1000), '') FROM range(1000000)", marks=pytest.mark.long
        ),
    ],
)
def test_a_question_that_wants_all_memory_is_refused(ledger: Ledger, question: str) -> None:
    with pytest.raises(SqlError):
        Sql(ledger, question, limits=Limits(seconds=20)).run()


def test_a_killed_or_cancelled_question_leaves_the_next_one_alone(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "hidden")
    endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    asking = Sql(ledger, endless)
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            asking.run()
        except SqlError as error:
            ended.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: asking._child is not None)
    seen = Path(f"/proc/{asking._child.pid}/environ").read_bytes()  # type: ignore[union-attr]
    os.kill(asking._child.pid, signal.SIGKILL)  # type: ignore[union-attr]
    thread.join(20)

    assert "died" in ended[0].what  # type: ignore[attr-defined]
    assert b"hidden" not in seen, "the keys of the environment are not handed on"
    asking.cancel()
    with pytest.raises(SqlError, match="cancelled"):
        asking.run()


def test_an_endless_text_is_not_even_sent(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="too long"):
        Sql(ledger, "SELECT " + "1," * 60_000 + "1")
