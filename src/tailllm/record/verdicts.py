"""The verdicts of a config's validators, written beside the call."""

from pathlib import Path
from typing import Any

from tailllm.record.loss import logger


class Verdicts:
    """Judges lines before they are written; loads what it needs when the first one comes.

    A config that cannot be used is said once, and the calls are recorded without verdicts.
    """

    def __init__(self, config: str | Path) -> None:
        self._config = Path(config).absolute()
        self._checks: Any = None
        self._broken = False

    def on(self, line: str) -> list[dict[str, Any]]:
        """The native `checks` of a line.

        Raises:
            Nothing.
        """
        if self._broken:
            return []
        try:
            return [_native(verdict) for verdict in self._run(line)]
        except Exception as error:  # noqa: BLE001 -- the call is worth more than its verdicts
            self._broken = self._checks is None
            logger.warning("%s: no verdicts: %s", self._config, error)
            return []

    def _run(self, line: str) -> list[dict[str, Any]]:
        from tailllm.dialects import canonical
        from tailllm.dialects.assembly import Assembler
        from tailllm.dialects.reader import Reader
        from tailllm.records.line import Address, RawLine
        from tailllm.records.part import Reject

        if self._checks is None:
            self._checks = self._load()
        text = line.encode("utf-8", "replace")
        found = Reader("record").read(RawLine(Address("record", 0, len(text)), text))
        if isinstance(found, Reject):
            return []
        folded = Assembler().add(found)[0]

        def whole() -> dict[str, Any]:
            return canonical.call(folded, path=str).model_dump(mode="json")

        return list(self._checks.run(folded.fields, whole))

    def _load(self) -> Any:
        from tailllm.config.load import load
        from tailllm.validators.checks import Checks

        config = load(str(self._config), cwd=self._config.parent, environ={})
        return Checks(config.validators)


def _native(verdict: dict[str, Any]) -> dict[str, Any]:
    found = {
        "name": verdict.get("name"),
        "ok": verdict.get("passed"),
        "label": verdict.get("label"),
        "score": verdict.get("score"),
        "why": verdict.get("explanation"),
    }
    return {name: value for name, value in found.items() if value is not None or name == "ok"}
