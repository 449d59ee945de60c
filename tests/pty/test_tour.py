"""The README's tour: from the first screen to the cause of an incident, key by key."""

import re
from pathlib import Path

import pytest

from tests.pty.terminal import tailllm

pytestmark = pytest.mark.pty
ROOT = Path(__file__).parents[2]
TYPED = {"⏎": "\r", "Tab": "\t"}
MOST_KEYS = 12


def tour() -> list[tuple[str, list[str]]]:
    """The steps in the README: a key, and the texts in bold that must then be on the screen."""
    page = (ROOT / "README.md").read_text().split("<!-- tour", 1)[1].split("<!-- end tour", 1)[0]
    rows = re.findall(r"^\| `(.+?)` \| (.+) \|$", page, re.M)
    return [(key, re.findall(r"\*\*(.+?)\*\*", said)) for key, said in rows]


def test_the_tour_leads_from_the_start_to_the_cause(tmp_path: Path) -> None:
    steps = tour()
    log = "sample_logs/incident.jsonl"
    home = {"HOME": str(tmp_path)}

    with tailllm(log, "--corpus", tmp_path / "corpus", env=home, cwd=ROOT) as terminal:
        terminal.wait_for("523 calls")
        for key, said in steps:
            terminal.send(TYPED.get(key, key))
            terminal.wait_until(lambda s, said=said: all(one in s for one in said), what=str(said))

    assert 0 < len(steps) <= MOST_KEYS
    assert all(said for _, said in steps)
