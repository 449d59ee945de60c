"""Write the sample logs and MANIFEST.json again: the same seed, the same bytes.

    python sample_logs/make.py [FOLDER]

The numbers in MANIFEST.json are counted from the story before any format is written, so
that a reader of the logs can be tested against them.
"""

import gzip
import json
import sys
from pathlib import Path

from recipes import days, hostile, long_tail, openai_chat, otel, torn
from recipes.sample import Sample

HERE = Path(__file__).parent


def samples() -> dict[str, Sample]:
    """Every sample by its path below this folder."""
    made: dict[str, Sample] = {}
    for recipe in (days, long_tail, hostile, torn, otel, openai_chat):
        made |= recipe.make()
    return made


def manifest(made: dict[str, Sample]) -> str:
    """The truth about all of them."""
    truths = {
        path: {"bytes": len(unpacked(path, sample.content)), **sample.truth}
        for path, sample in sorted(made.items())
    }
    return json.dumps(truths, indent=1) + "\n"


def unpacked(path: str, content: bytes) -> bytes:
    """What the log says: zlib builds pack the same text into different bytes."""
    return gzip.decompress(content) if path.endswith(".gz") else content


def write(folder: Path) -> None:
    """Write what differs."""
    made = samples()
    for path, sample in made.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        old = target.read_bytes() if target.exists() else None
        if old is None or unpacked(path, old) != unpacked(path, sample.content):
            target.write_bytes(sample.content)
    (folder / "MANIFEST.json").write_text(manifest(made), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
