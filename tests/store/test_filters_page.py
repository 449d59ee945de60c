"""The page on filters lists what the code knows."""

from pathlib import Path

from tailllm.store.manual import page

PAGE = Path(__file__).parents[2] / "docs/filters.md"


def test_the_page_lists_every_field_and_state() -> None:
    text = PAGE.read_text("utf-8")

    assert page(text) == text, "python -m tailllm.store.manual docs/filters.md"
