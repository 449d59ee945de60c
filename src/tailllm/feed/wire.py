"""Blocks of bytes on a pipe: the length, then the bytes."""

from typing import IO

LENGTH_BYTES = 8
READY = b"ready"
"""What a helper says first."""


def write(pipe: IO[bytes], block: bytes) -> None:
    """Send one block."""
    pipe.write(len(block).to_bytes(LENGTH_BYTES, "little"))
    pipe.write(block)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes | None:
    """The next block; None when the other side is gone."""
    length = pipe.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    size = int.from_bytes(length, "little")
    block = pipe.read(size)
    return block if len(block) == size else None
