"""What the bytes of a log rule out, nobody said: the quick way finds what the slow way finds."""

import json
import re
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tailllm.ask import ripgrep
from tailllm.ask.pieces import pieces
from tailllm.ask.sieve import Sieve
from tailllm.ask.texts import Texts
from tailllm.config.model import Config
from tailllm.feed.feed import Feed
from tests.wait import wait_until

LETTERS = st.sampled_from([*'abdefiknrstz zxFIKST019.,-"\\\n/', *"ſßﬁﬀﬆİŉǰKẞÅé訂вВ😀"])
TEXTS = st.text(LETTERS, min_size=1, max_size=30)

WITH_RIPGREP = pytest.mark.skipif(not ripgrep.command(), reason="ripgrep (rg) is not installed")

_SAID = re.compile(r'"(?:[^"\\]|\\.)*":?')
_UNIT = re.compile(r"\\u[0-9a-f]{4}|\\.|[A-Za-z0-9]")


def _escaped(line: str, seed: int) -> str:
    """The same JSON with letters written as somebody might: `\\u0061`, `\\u0041`."""
    random = Random(seed)

    def written(match: re.Match[str]) -> str:
        unit = match[0]
        return f"\\u{ord(unit):04x}" if len(unit) == 1 and not random.randrange(3) else unit

    def said(match: re.Match[str]) -> str:
        return match[0] if match[0].endswith(":") else _UNIT.sub(written, match[0])

    return _SAID.sub(said, line)


def _call(texts: list[str], kind: int) -> dict[str, object]:
    first, second, *_ = [*texts, "b"]
    parts = [{"type": "text", "text": text} for text in texts]
    pieces = [{"choices": [{"delta": {"content": text}}], "object": "chunk"} for text in texts]
    asked = {"messages": [{"role": "user", "content": first}], "system": parts}
    answer = {"type": "message", "role": "assistant", "content": parts}
    tool = {"role": "tool", "content": [*parts, {"text": second, "type": "text"}]}
    return [
        {"messages": [{"role": "user", "content": first}], "output": second},
        {"messages": [{"role": "user", "content": parts}, tool], "output": second},
        {"request": asked, "response": {"id": "1", "model": "m", **answer}},
        {"request": asked, "response": pieces},
        {"request": json.dumps(asked), "response": json.dumps(answer)},
        {"output": second, "tool_calls": [{"name": first, "arguments": {second: 1e5, "n": 20}}]},
        {"messages": [{"role": "tool", "content": texts}], "output": second},
        {"error": {"message": first, "type": second}, "http_status": 500},
    ][kind]


@st.composite
def _logs(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Lines, and texts to look for: stretches of what is said, some of them across its parts."""
    lines, wanted = [], []
    for _ in range(draw(st.integers(1, 4))):
        texts = draw(st.lists(TEXTS, min_size=1, max_size=3))
        call = {"tailllm": 1, **_call(texts, draw(st.integers(0, 7)))}
        line = json.dumps(call, ensure_ascii=draw(st.booleans()))
        if draw(st.booleans()):
            line = _escaped(line, draw(st.integers(0, 99)))
        lines.append(line)
        whole = "".join(texts).casefold()
        start = draw(st.integers(0, len(whole) - 1))
        wanted.append(whole[start : start + draw(st.integers(1, 12))])
    return lines, [*wanted, "100000", "20", "http"]


def _check(log: tuple[list[str], list[str]]) -> None:
    lines, wanted = log
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        path.write_text("\n".join(lines) + "\n")
        feed = Feed([str(path)], Config(), follow=False)
        feed.load()
        texts = Texts(feed)
        rows = [row for _, row in feed.window.newest_first()]
        assert len(rows) == len(lines)
        for one in wanted:
            quick = [texts.holds(row, one) for row in rows]
            slow = [one in (texts.of(row) or "").casefold() for row in rows]
            assert quick == slow, one
        feed.close()


def _check_with_ripgrep(log: tuple[list[str], list[str]], before: bytes = b"") -> None:
    lines, wanted = log
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        path.write_bytes(before + ("\n".join(lines) + "\n").encode())
        feed = Feed([str(path)], Config(), follow=False)
        feed.load()
        texts = Texts(feed)
        rows = [row for _, row in feed.window.newest_first() if row.status != "error"]
        for one in wanted:
            found = pieces(one)
            if found is None:
                continue
            sieve = Sieve(feed, found, worth_bytes=1)
            [file] = {row.source[0].file for row in rows} or {""}
            assert not rows or sieve.parting(file).by_ripgrep
            for row in rows:
                said = one in (texts.of(row) or "").casefold()
                assert sieve.may_hold(row.source[0]) or not said, one
        feed.close()


HARD = [
        (r'{"output": "a \u0072efund"}', "refund"),
        (r'{"output": "a R\u0045FUND"}', "refund"),
        (r'{"response": "{\"type\": \"message\", \"role\": \"assistant\", \"content\": [{\"type\": \"text\", \"text\": \"r\\u0065fund\"}]}"}', "refund"),
        (r'{"output": "on \u212aiosk"}', "kiosk"),
        (r'{"output": "\u0412опрос"}', "вопрос"),
        ('{"output": "ﬆaﬀ"}', "staff"),
        ('{"response": {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "one re"}, {"type": "text", "text": "fund"}]}}', "refund"),
        ('{"request": {"system": ["one re", "fund"], "max_tokens": 9, "messages": []}, "response": {"type": "message", "role": "assistant", "content": []}}', "refund"),
        ('{"response": [{"choices": [{"delta": {"content": "ref"}}]}, {"choices": [{"delta": {"content": "und"}}]}]}', "refund"),
        ('{"output": "", "tool_calls": [{"name": "pay", "arguments": {"sum": 1e5}}]}', "100000"),
        ('{"error": "HTTPError: no", "http_status": 500, "response": "x"}', "http"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), HARD)
def test_a_text_is_found_however_the_line_writes_it(tmp_path: Path, line: str, wanted: str) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"tailllm": 1, ' + line[1:] + "\n")
    feed = Feed([str(path)], Config(), follow=False)
    feed.load()
    [(_, row)] = feed.window.newest_first()
    texts = Texts(feed)
    found, said = texts.holds(row, wanted), (texts.of(row) or "").casefold()
    feed.close()

    assert wanted in said
    assert found


def test_a_line_that_was_written_since_the_last_look_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text('{"tailllm": 1, "output": "nothing"}\n')
    feed = Feed([str(path)], Config())
    feed.load()
    texts = Texts(feed)
    [(_, first)] = feed.window.newest_first()
    before = texts.holds(first, "refund")
    with path.open("a") as log:
        log.write('{"tailllm": 1, "output": "a refund"}\n')
    wait_until(feed.step)
    (_, newest), *_ = feed.window.newest_first()
    after = texts.holds(newest, "refund")
    feed.close()

    assert (before, after) == (False, True)


@WITH_RIPGREP
def test_ripgrep_rules_out_nothing_that_was_said_in_any_of_the_hard_ways(tmp_path: Path) -> None:
    lines = ['{"tailllm": 1, ' + line[1:] for line, _ in HARD]

    for before in (b"", b"\xef\xbb\xbf", b"\0" * 70_000):
        _check_with_ripgrep((lines, [wanted for _, wanted in HARD]), before)


@WITH_RIPGREP
@settings(max_examples=5, deadline=None)
@given(_logs())
def test_ripgrep_rules_out_nothing_that_was_said(log: tuple[list[str], list[str]]) -> None:
    _check_with_ripgrep(log)


@WITH_RIPGREP
@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(_logs())
def test_ripgrep_rules_out_nothing_that_was_said_however_it_is_written(
    log: tuple[list[str], list[str]],
) -> None:
    _check_with_ripgrep(log)


@settings(max_examples=40, deadline=None)
@given(_logs())
def test_the_bytes_of_a_line_never_rule_out_what_was_said(log: tuple[list[str], list[str]]) -> None:
    _check(log)


@pytest.mark.long
@settings(max_examples=3_000, deadline=None)
@given(_logs())
def test_the_bytes_of_a_line_never_rule_out_what_was_said_however_it_is_written(
    log: tuple[list[str], list[str]],
) -> None:
    _check(log)
