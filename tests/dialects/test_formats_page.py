"""The page of formats and fields says what the samples show."""

from pathlib import Path

from tailllm.dialects.catalog import dialects
from tests.dialects.fields import by_format, render

PAGE = Path(__file__).parents[2] / "docs/formats.md"


def test_the_page_is_what_the_samples_show() -> None:
    assert PAGE.read_text() == render(), "run: python -m tests.dialects.fields > docs/formats.md"


def test_every_format_has_a_sample() -> None:
    assert {dialect.name for dialect in dialects()} <= set(by_format())
