"""docs/recording.md lists what there is: names, options, fields, rules."""

import ast
import re
from pathlib import Path

import pytest

from tailllm import record
from tailllm.record.clients import OURS

PAGE = (Path(__file__).parents[2] / "docs" / "recording.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.S)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_python_and_names_what_there_is(block: str) -> None:
    names = [
        node.attr
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "tailllm.record"
    ]

    assert all(hasattr(record, name) for name in names)


@pytest.mark.parametrize("option", sorted(OURS))
def test_every_option_is_explained(option: str) -> None:
    assert f"| `{option}` |" in PAGE or f"{option}=" in PAGE


@pytest.mark.parametrize("name", sorted(record._HOMES))
def test_every_public_name_is_there(name: str) -> None:
    assert callable(getattr(record, name))
