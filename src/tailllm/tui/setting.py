"""What a screen is given instead of globals: feed, keeper, clock and what the config says."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tailllm.tui.themes import Look

if TYPE_CHECKING:
    from tailllm.feed.feed import Feed
    from tailllm.feed.keeper import Keeper
    from tailllm.feed.triage import Triage


@dataclass(frozen=True)
class Setting:
    """Everything the screens stand on."""

    feed: "Feed"
    keeper: "Keeper"
    targets: tuple[str, ...]
    look: Look = field(default_factory=Look)
    keymap: Mapping[str, str] = field(default_factory=dict)
    triage: "Callable[[], Triage] | None" = None
    """Opens the inbox of the corpus; asked when somebody wants to see it."""
    slow_ms: float | None = None
    """From the config; None means over the p95 of the model."""
    hints: Sequence[str] = ()
    clock: Callable[[], float] = time.time
    """Seconds since the epoch."""
    environ: Mapping[str, str] = field(default_factory=dict)
