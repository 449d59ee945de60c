"""The documents list what the code does: keys, commands, words."""

import re
from pathlib import Path

import pytest

from tailllm.cli.verbs import VERBS
from tailllm.tui.commands import COMMANDS, spell

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def between(name: str) -> str:
    return README.split(f"<!-- {name}", 1)[1].split(f"<!-- end {name}", 1)[0]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.id)
def test_the_readme_lists_every_key(command) -> None:
    keys = " ".join(f"`{key}`" for key in spell(command.keys))

    assert f"| {keys} | {command.why} | `{command.id}` |" in between("keys")


def test_the_readme_lists_no_key_that_is_gone() -> None:
    rows = [line for line in between("keys").splitlines() if line.startswith("| `")]

    assert len(rows) == len(COMMANDS)


def test_the_readme_lists_every_command() -> None:
    verbs = set(VERBS)

    assert verbs == set(re.findall(r"^\| `tailllm (\w+)", between("commands"), re.M))


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text(), re.M)[1:]

    assert words == sorted(words, key=str.lower)
