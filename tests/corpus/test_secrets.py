"""Secrets of known shapes never reach the corpus, wherever in a call they stand."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tailllm.corpus import clean
from tailllm.corpus.clean import Cleaner
from tailllm.corpus.marks import Marks
from tailllm.corpus.scan import scan
from tailllm.errors import CorpusError
from tests.corpus.writer import call, line

SECRETS = {
    "openai": "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34",
    "anthropic": "sk-ant-api03-Ab12Cd34Ef56Gh78Ij90Kl12",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "github": "ghp_Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78",
    "gitlab": "glpat-Ab12Cd34Ef56Gh78Ij90",
    "slack": "xoxb-123456789012-Ab12Cd34Ef56Gh78Ij90",
    "google": "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "stripe": "sk_live_Ab12Cd34Ef56Gh78Ij90",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "bearer": "Bearer Ab12Cd34Ef56Gh78Ij90Kl12",
    "url": "postgres://app:s3cr3tpassw0rd@db.internal/calls",
}
PARTS = {**SECRETS, "bearer": "Ab12Cd34Ef56Gh78Ij90Kl12", "url": "s3cr3tpassw0rd"}
"""What must not be found of each."""
INNOCENT = (
    "sk-learn is a library", "risk-based-pricing-model-for-2026-and-later", "eyJ", "AKIA",
    "Bearer of bad news", "https://example.com:8080/path@x", "2026-11-22T14:07:21.743Z",
    "0f8fad5b-d9cb-469f-a165-70867728950e", "d41d8cd98f00b204e9800998ecf8427e", "password: ask me",
    "chatcmpl-fd86b5e4Ab12Cd34Ef56Gh78", "token budget", "cookie recipe", "max_tokens",
)  # fmt: skip


def deep(text: str) -> Any:
    value: Any = text
    for _ in range(90):
        value = [value]
    return value


PLACES: dict[str, Callable[[str], Any]] = {
    "content": lambda secret: f"my key is {secret}, keep it",
    "inside JSON in a string": lambda secret: json.dumps({"args": json.dumps({"key": secret})}),
    "header": lambda secret: {"headers": {"X-Trace": secret}},
    "name of a field": lambda secret: {secret: 1},
    "deep": deep,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_left_anywhere(name: str, place: str) -> None:
    cleaner = Cleaner()
    cleaned = cleaner.value(PLACES[place](SECRETS[name]))

    assert PARTS[name] not in json.dumps(cleaned)
    assert sum(cleaner.fired.values()) >= 1
    assert Cleaner().value(PLACES[place](SECRETS[name])) == cleaned


@pytest.mark.parametrize("name", SECRETS)
def test_a_log_line_and_the_whole_file_are_without_it(
    marks: Marks, folder: Path, name: str
) -> None:
    secret = SECRETS[name]
    escaped = json.dumps({"a": secret}).replace("A", "\\u0041").replace("s", "\\u0073")
    lines = [
        line(json.dumps({"messages": [secret], "x": json.dumps({"y": secret})}).encode()),
        line(escaped.encode()),
        line(b"\xff\xfe " + secret.encode()),
    ]
    kept = marks.mark(call(f"see {secret}"), lines, paths={}, note=secret, labels=[secret])
    text = kept.path.read_bytes()
    entry = json.loads(text)
    packed = b"".join(base64.b64decode(item.get("base64", "")) for item in entry["lines"])

    assert PARTS[name].encode() not in text + packed
    assert "\\u0041" not in text.decode()
    assert entry["redacted"]
    assert tuple(entry["redacted"]) == kept.redacted
    assert marks.whole(marks.read().marks[0]).call
    assert list(scan(folder)) == []


@pytest.mark.parametrize("text", INNOCENT)
def test_what_only_looks_alike_is_untouched(text: str) -> None:
    cleaner = Cleaner()

    assert cleaner.value({"content": text, "usage": {"total_tokens": 5}})["content"] == text
    assert not cleaner.fired


@pytest.mark.parametrize(
    "name", ["Authorization", "api-key", "apiKey", "Set-Cookie", "password", "X-API-Key"]
)
def test_the_value_of_a_secret_field_is_hidden_whatever_it_looks_like(name: str) -> None:
    cleaner = Cleaner()
    text = cleaner.text(json.dumps({"headers": {name: "hunter2", "n": 1.50}}))

    assert "hunter2" not in text
    assert "[REDACTED:secret-field:" in text
    assert json.loads(text)["headers"]["n"] == 1.5


def test_the_same_secret_has_the_same_tag_and_the_same_call_the_same_id(
    marks_of: Callable[..., Marks],
) -> None:
    secret = SECRETS["openai"]
    ids = {marks_of(by).mark(call(secret), [], paths={}).mark_id for by in ("ana", "ben")}

    assert len(ids) == 1
    assert Cleaner().text(secret) == Cleaner().text(secret)


def test_a_call_nobody_could_look_through_is_refused(
    marks: Marks, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str) -> None:
        raise ZeroDivisionError(text)

    monkeypatch.setattr(clean, "redact", fail)
    with pytest.raises(CorpusError, match="looked through for secrets: ZeroDivisionError"):
        marks.mark(call("x"), [line(b"{}")], paths={})

    assert not folder.exists()


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "eyJ" * 300_000, "://" * 300_000, "sk-" * 300_000, '{"a":' * 200_000,
     '["' + '\\"' * 400_000 + '"]', "Bearer " * 140_000, "-----BEGIN PRIVATE KEY" * 40_000,
     '[{"password":"x"},' + "1," * 400_000 + "1]"],
    ids=["a", "eyJ", "://", "sk-", "deep", "quotes", "bearer", "pem", "numbers"],
)  # fmt: skip
def test_no_megabyte_takes_longer_than_a_second(text: str) -> None:
    started = time.thread_time()
    Cleaner().text(text)

    assert time.thread_time() - started < 1.0
