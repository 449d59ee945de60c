"""Looking for a word in whole messages, in lines of any script."""

import json
from pathlib import Path

import pytest

from tailllm.ask.texts import Texts
from tailllm.config.model import Config
from tailllm.feed.feed import Feed


@pytest.mark.parametrize(
    ("said", "wanted", "there"),
    [
        ("Tür öffnen, bitte REFUND", "refund", True),
        ("Tür öffnen, bitte", "refund", False),
        ("the ſtatus of 訂單 K-9", "status", True),
        ("the ſtatus of 訂單 \u212a9", "k9", True),
        ("die Straße ist lang", "strasse", True),
    ],
)
def test_a_word_is_found_whatever_else_stands_in_the_line(
    tmp_path: Path, said: str, wanted: str, there: bool
) -> None:
    log = tmp_path / "calls.jsonl"
    call = {"tailllm": 1, "messages": [{"role": "user", "content": said}], "output": "no"}
    log.write_text(json.dumps(call, ensure_ascii=False) + "\n")
    feed = Feed([str(log)], Config(), follow=False)
    feed.load()
    [(_, row)] = feed.window.newest_first()
    found = Texts(feed).holds(row, wanted)
    feed.close()

    assert found is there
