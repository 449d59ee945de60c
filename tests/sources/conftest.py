"""A log in a folder of its own, and a watch over it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sources.disk import Watch


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    path = folder / "calls.log"
    path.write_text("first\n")
    return path


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    """Watches that are closed again."""
    made: list[Watch] = []

    def make(*targets: str | Path, max_bytes: int = 4 << 20) -> Watch:
        made.append(Watch(*targets, max_bytes=max_bytes))
        return made[-1]

    yield make
    for one in made:
        one.close()
