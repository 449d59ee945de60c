"""The events of one streamed message, put together to the message they tell."""

from typing import Any

from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import count, mapping, text

_PIECES = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("tool_use", "partial_json"),
}
"""A delta's type, with the type of the block it grows and the name of its text."""


class Stream:
    """A message as far as its events told it. Nothing here raises, whatever the event."""

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self.usage: dict[str, Any] = {}
        self.stop_reason: str | None = None
        self.error: dict[str, Any] | None = None
        self._blocks: dict[int, dict[str, Any]] = {}
        self._grown: dict[int, list[str]] = {}

    @property
    def started(self) -> bool:
        """Whether anything of an answer came."""
        return bool(self.message or self._blocks or self.stop_reason)

    def add(self, event: dict[str, Any]) -> None:
        """Take the next event in."""
        kind = event.get("type")
        if kind == "message_start":
            self.message = mapping(event.get("message"))
            placeholder = {"output_tokens": None}
            self.usage = dict(mapping(self.message.get("usage"))) | placeholder
        elif kind == "content_block_start":
            self._blocks[self._index(event)] = dict(mapping(event.get("content_block")))
        elif kind == "content_block_delta":
            self._grow(self._index(event), mapping(event.get("delta")))
        elif kind == "message_delta":
            self.stop_reason = text(mapping(event.get("delta")).get("stop_reason"))
            told = mapping(event.get("usage"))
            self.usage |= {name: value for name, value in told.items() if value is not None}
        elif "error" in event:
            self.error = event

    def content(self) -> list[dict[str, Any]]:
        """The blocks, in order."""
        return [self._whole(index) for index in sorted(self._blocks)]

    def _index(self, event: dict[str, Any]) -> int:
        index = count(event.get("index"))
        return max(self._blocks, default=0) if index is None else index

    def _grow(self, index: int, delta: dict[str, Any]) -> None:
        kind, name = _PIECES.get(text(delta.get("type")) or "", ("", ""))
        piece = delta.get(name)
        if isinstance(piece, str):
            self._blocks.setdefault(index, {"type": kind})
            self._grown.setdefault(index, []).append(piece)

    def _whole(self, index: int) -> dict[str, Any]:
        block, grown = self._blocks[index], "".join(self._grown.get(index, ()))
        kind = block.get("type")
        if kind in ("text", "thinking"):
            start = block.get(kind)
            return block | {kind: (start if isinstance(start, str) else "") + grown}
        if not grown:
            return block
        # A cut stream leaves half an object: its text is what the model said.
        arguments = decode_text(grown)
        return block | {"input": grown if arguments is None else arguments}
