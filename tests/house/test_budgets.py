"""No file swallows the rest: the budgets of the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parents[2] / "src" / "tailllm"
FILES = sorted(HOUSE.rglob("*.py"))

LINES_A_FILE = 300
LINES_A_CLASS = 200
LINES_A_FUNCTION = 50
LINES_OF_CSS_IN_PYTHON = 15


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@cache
def nodes(path: Path) -> tuple[ast.stmt, ...]:
    return tuple(_statements(ast.parse(path.read_text())))


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements below; expressions, which are most of a tree, hold none of interest."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        found = getattr(node, field, [])
        for inner in found if isinstance(found, list) else []:
            if isinstance(inner, ast.stmt):
                yield inner
            yield from _statements(inner)


def test_a_file_fits_in_one_reading() -> None:
    too_long = [name(path) for path in FILES if len(path.read_text().splitlines()) > LINES_A_FILE]

    assert not too_long


def test_a_class_and_a_function_fit_on_the_screen() -> None:
    too_long = [
        f"{name(path)} {node.name}: {length(node)} lines"
        for path in FILES
        for node in nodes(path)
        if (isinstance(node, ast.ClassDef) and length(node) > LINES_A_CLASS)
        or (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and length(node) > LINES_A_FUNCTION
        )
    ]

    assert not too_long


def test_long_styles_live_in_the_style_sheet() -> None:
    long = [
        name(path)
        for path in FILES
        if path.is_relative_to(HOUSE / "tui")
        for node in nodes(path)
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id in {"CSS", "DEFAULT_CSS"} for t in node.targets)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and len(node.value.value.splitlines()) > LINES_OF_CSS_IN_PYTHON
    ]

    assert not long


def test_nothing_is_left_to_do_without_an_issue() -> None:
    unfinished = [name(path) for path in FILES if "TODO" in path.read_text()]

    assert not unfinished
