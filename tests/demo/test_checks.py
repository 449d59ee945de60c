"""Brambleway's validators say what is true of the text."""

import pytest

from tailllm.demo import checks

SEEN = [{"role": "tool", "content": '{"order": "BW-10001", "total": "12.50"} on Friday'}]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"intent": "refund"}', None),
        ('{"intent": "othr"}', 'intent "othr" not in [refund, status, cancel, other]'),
        ("{}", 'intent "None" not in [refund, status, cancel, other]'),
        ("[]", "the answer is no object"),
        ('{"intent": "ref', "the answer is not JSON"),
        ("", "the answer is not JSON"),
    ],
)
def test_the_intent_is_one_of_four(text: str, why: str | None) -> None:
    assert checks.json_schema(text) == {"name": "json_schema", "ok": why is None, "why": why}


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("write to us", True),
        ("write to a.b@brambleway.example", False),
        ("call +49 30 1234567", False),
        ("BW-10001 costs 12.50", True),
    ],
)
def test_nobodys_address_is_given_away(text: str, ok: bool) -> None:
    assert checks.no_pii(text)["ok"] is ok


@pytest.mark.parametrize(
    ("text", "ok"),
    [("BW-10001, 12.50, Friday", True), ("BW-10002", False), ("12.00", False), ("Monday", False)],
)
def test_facts_stand_in_the_context(text: str, ok: bool) -> None:
    assert checks.grounded(text, SEEN)["ok"] is ok


def test_length_counts_to_the_last_character() -> None:
    assert checks.max_length("x" * 480)["ok"]
    assert checks.max_length("x" * 481)["why"] == "481 > 480"


def test_only_what_the_customer_reads_is_searched_for_facts() -> None:
    verdicts = checks.verdicts("billing", '{"intent": "other", "reply": "x", "n": 0.75}', [])

    assert all(check["ok"] for check in verdicts)
