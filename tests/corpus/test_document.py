"""docs/marks.md and the file say the same."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from tailllm.corpus.content import PLACE, TAG
from tailllm.corpus.marks import Marks
from tests.corpus.conftest import ROOT
from tests.corpus.writer import call, line

TEXT = (ROOT / "docs" / "marks.md").read_text(encoding="utf-8")


def test_every_field_of_a_line_is_explained_and_no_other(
    marks_of: Callable[..., Marks], folder: Path
) -> None:
    folder.write_text("in the way, so that the fallback file gets a line too")
    raw = [line(b"text"), line(b"\xff ghp_Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78")]
    words = {"note": "n", "labels": ["l"], "expected": "e"}
    kept = marks_of().mark(call("x"), raw, paths={}, **words)
    entry = json.loads(kept.path.read_bytes())
    fields = set(entry) | {name for item in entry["lines"] for name in item}

    assert fields == set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))


def test_the_rule_for_ids_is_explained() -> None:
    rule = next(line for line in TEXT.splitlines() if line.startswith("`mark_id` is"))

    assert TAG.decode().strip() in rule
    assert all(f"`{name}`" in rule for name in PLACE)
