"""The page on reliability says what the tests show, and no more."""

from tests import faults


def test_every_test_it_names_is_there() -> None:
    assert faults.missing() == []


def test_the_page_is_made_from_the_table() -> None:
    text = faults.PAGE.read_text("utf-8")

    assert faults.page(text) == text, "python -m tests.faults writes it"


def test_a_fault_without_a_test_says_so() -> None:
    assert all(fault.tests or fault.gap for fault in faults.FAULTS)
