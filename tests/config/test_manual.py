"""The manual is written from the code, and its example is a working config."""

from pathlib import Path

from tailllm.config.kinds import KINDS
from tailllm.config.load import load
from tailllm.config.manual import EXAMPLE, render
from tailllm.validators.checks import Checks

PAGE = Path(__file__).parents[2] / "docs/configuration.md"


def test_the_page_is_what_the_docstrings_say() -> None:
    assert PAGE.read_text() == render(), (
        "run: python -m tailllm.config.manual > docs/configuration.md"
    )


def test_every_kind_of_validator_is_explained() -> None:
    text = render()

    assert all(f"### `{kind}`" in text for kind in KINDS)


def test_the_example_works(tmp_path: Path) -> None:
    (tmp_path / "tailllm.toml").write_text(EXAMPLE)
    config = load(None, cwd=tmp_path, environ={})

    Checks(config.validators).close()
    assert len(config.validators) == 6
