"""The config of a host that has no `tailllm.toml`, without loading what checks one.

Most hosts have none, and pydantic with our thirty models takes longer to load than a log
of a megabyte takes to read.
"""

from types import MappingProxyType
from typing import Any

NOTHING: MappingProxyType[str, Any] = MappingProxyType({})


class Thresholds:
    """`model.Thresholds`, where nobody set one."""

    slow_ms = None
    max_p50_ms = max_p95_ms = max_p99_ms = max_ttft_p95_ms = None
    max_fail = max_errors = max_bad = None

    def __getattr__(self, name: str) -> Any:
        from tailllm.config.model import Config

        return getattr(Config().thresholds, name)


class Display:
    """`model.Display`, where nobody chose."""

    theme = "auto"
    ascii = False
    mouse = None
    bell = False
    title = False
    low_bandwidth = None


class Unwritten:
    """Answers what every start asks; for all else the whole default config is loaded."""

    corpus = None
    by = None
    file = None
    thresholds = Thresholds()
    display = Display()
    keys = NOTHING
    validators = ()
    redact = ()
    dialects = NOTHING
    filters = NOTHING
    prompts = NOTHING

    def __getattr__(self, name: str) -> Any:
        from tailllm.config.model import Config

        return getattr(Config(), name)
