"""What a team calls a secret, in `tailllm.toml`: found everywhere, bounded in time."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tailllm.config.load import load
from tailllm.config.redaction import RedactSpec
from tailllm.corpus.clean import Cleaner
from tailllm.corpus.marks import Marks
from tailllm.corpus.rules import Rules, compiled
from tailllm.corpus.scan import scan
from tailllm.errors import ConfigError, CorpusError
from tests.corpus.writer import call, line

TICKET = RedactSpec(name="ticket", pattern=r"TCK-\d{6}")
STAFF = RedactSpec(name="staff", fields=("phone_number", "IBAN"))
EVIL = RedactSpec(name="evil", pattern=r"(\w+\s?)+!$")


def rules(*specs: RedactSpec) -> Rules:
    return compiled(specs)


@pytest.mark.parametrize(
    "value",
    [
        "see TCK-123456 please",
        json.dumps({"args": json.dumps({"id": "TCK-123456"})}),
        {"deep": [[["TCK-123456"]]]},
        {"TCK-123456": 1},
        '["TCK-\\u00312\\u00333456"]',
        b"not json TCK-123456 \xff".decode("utf-8", "surrogateescape"),
    ],
)
def test_a_rule_of_the_team_finds_its_secret_at_every_depth(value: object) -> None:
    cleaner = Cleaner(rules(TICKET))
    cleaned = json.dumps(cleaner.value(value))

    assert "TCK-123456" not in cleaned
    assert "[REDACTED:ticket:" in cleaned
    assert cleaner.found == ("ticket",)


def test_only_the_group_of_a_pattern_is_taken() -> None:
    cleaner = Cleaner(rules(RedactSpec(name="pin", pattern=r"(?:PIN|pin) (\d{4})")))

    assert cleaner.text("PIN 1234, gate 5678").startswith("PIN [REDACTED:pin:")
    assert cleaner.text("gate 5678") == "gate 5678"


def test_a_number_that_fits_is_a_tag_and_other_numbers_stay_numbers() -> None:
    cleaner = Cleaner(rules(RedactSpec(name="card", pattern=r"^\d{16}$")))
    cleaned = json.loads(cleaner.text('{"card": 4111111111111111, "n": 12, "ok": true}'))

    assert cleaned["card"].startswith("[REDACTED:card:")
    assert (cleaned["n"], cleaned["ok"]) == (12, True)


@pytest.mark.parametrize("name", ["phoneNumber", "Phone-Number", "phone number", "iban"])
def test_a_field_on_the_list_is_hidden_whatever_it_holds(name: str) -> None:
    cleaner = Cleaner(rules(STAFF))
    cleaned = json.loads(cleaner.text(json.dumps({"a": {name: ["none of yours", 5]}})))

    assert all(str(one).startswith("[REDACTED:staff:") for one in cleaned["a"][name])


def test_tags_are_not_redacted_again() -> None:
    cleaner = Cleaner(rules(RedactSpec(name="words", pattern=r"[A-Za-z]{4,}")))
    once = cleaner.text("AKIAIOSFODNN7EXAMPLE and this")

    assert once.startswith("[REDACTED:aws-key-id:")
    assert cleaner.text(once) == once


def test_a_mark_with_a_rule_of_the_team_holds_a_tag_only_and_a_scan_finds_older_ones(
    marks_of: Callable[..., Marks], folder: Path
) -> None:
    marks_of().mark(call("old TCK-111111"), [line(b'{"a":"TCK-111111"}')], paths={})
    kept = marks_of(rules=rules(TICKET, STAFF)).mark(
        call("new TCK-222222"),
        [line(b'{"a":"TCK-222222","iban":"x"}')],
        paths={},
        note="TCK-222222",
    )
    found = list(scan(folder, rules(TICKET)))

    assert kept.redacted == ("staff", "ticket")
    assert b"TCK-222222" not in kept.path.read_bytes()
    assert [(finding.line, finding.rule) for finding in found] == [(1, "ticket")]
    assert list(scan(folder)) == []


def test_a_pattern_that_takes_for_ever_refuses_the_mark_within_its_time(
    marks_of: Callable[..., Marks], folder: Path
) -> None:
    marks = marks_of(rules=rules(EVIL, TICKET))
    begun = time.thread_time()
    with pytest.raises(CorpusError, match="over 1 s for this call, the last was 'evil'"):
        marks.mark(call("a" * 5000 + ".!"), [line(b"a" * 5000 + b".!")] * 20, paths={})

    assert time.thread_time() - begun < 2.5
    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[redact]]\nname="x"\npattern="(a"', "redact 'x': pattern is no regular expression"),
        ('[[redact]]\nname="x"\npattern="a*"', "matches the empty text"),
        ('[[redact]]\nname="x"', "give either pattern or fields"),
        ('[[redact]]\nname="x"\npattern="a"\nfields=["b"]', "give either pattern or fields"),
        ('[[redact]]\nname="X!"\npattern="a"', "name"),
        ('[[redact]]\nname="x"\npatern="a"', "patern"),
    ],
)
def test_a_rule_that_cannot_be_obeyed_is_refused_with_its_place(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "tailllm.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        compiled(load(None, cwd=tmp_path, environ={}).redact)

    assert says in refused.value.what
    assert "redact" in refused.value.what
    assert refused.value.fix


def test_the_place_in_a_broken_pattern_is_said() -> None:
    with pytest.raises(ConfigError, match="at position 2"):
        compiled([RedactSpec(name="x", pattern="ab)")])
