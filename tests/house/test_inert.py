"""Text of a log is text to every widget: the source is walked for calls that would obey it.

What is shown must also be made visible first (`tailllm.ink`); that is seen from outside, by
`tests/pty/test_hostile.py`, in every place of every screen.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/tailllm"
TUI = sorted((SOURCE / "tui").rglob("*.py"))
CLI = sorted((SOURCE / "cli").rglob("*.py"))
READS_MARKUP = {"Static", "Label", "Button", "notify", "Link", "Digits", "Pretty", "OptionList"}
"""Textual's own that take a `str` for markup unless they are told not to."""
ALWAYS_MARKUP = {"Markdown", "MarkdownViewer", "from_markup", "RichLog", "Log", "DataTable"}
ALWAYS_MARKUP |= {"add_row", "add_option", "push_toast", "open_url", "from_ansi"}
WRITES = {"print", "write"}
SAFE_TO_WRITE = {"json_text", "conversation", "markdown", "line", "raw"}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_plain(call: ast.Call) -> bool:
    """Markup is off, or there is nothing in the text that anybody outside wrote."""
    off = [word.value for word in call.keywords if word.arg == "markup"]
    if off:
        return isinstance(off[0], ast.Constant) and off[0].value is False
    return bool(call.args) and isinstance(call.args[0], ast.Constant)


def shown(paths: list[Path], names: set[str]) -> Iterator[tuple[str, ast.Call]]:
    for path in paths:
        for name, call in calls(path):
            if name in names:
                yield f"{path.relative_to(SOURCE)}:{call.lineno} {ast.unparse(call)[:70]}", call


def test_no_widget_takes_text_for_markup() -> None:
    assert [where for where, call in shown(TUI, READS_MARKUP) if not is_plain(call)] == []


def test_nothing_is_used_that_cannot_leave_markup_alone() -> None:
    assert [where for where, _ in shown(TUI, ALWAYS_MARKUP)] == []


def test_commands_print_through_one_place() -> None:
    printed = [
        where
        for where, call in shown([path for path in CLI if path.stem != "output"], WRITES)
        if not (call.args and isinstance(call.args[0], ast.Call))
        or name_of(call.args[0].func) not in SAFE_TO_WRITE
    ]

    files = [where.split(":")[0] for where in printed]
    assert sorted(files) == ["cli/replay.py", "cli/show.py"], "bytes, after asking who reads them"


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        ("Static(x)", False),
        ("Static()", False),
        ("Static('fixed')", True),
        ("Static(x, markup=False)", True),
        ("self.notify(f'{x}', markup=True)", False),
    ],
)
def test_the_guard_itself_sees(code: str, plain: bool) -> None:
    node = ast.parse(code, mode="eval").body

    assert isinstance(node, ast.Call)
    assert is_plain(node) is plain
