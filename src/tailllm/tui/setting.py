"""What a screen is given instead of globals: feed, keeper, clock and what the config says."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tailllm.tui.themes import Look

if TYPE_CHECKING:
    from tailllm.ask.check import Limit
    from tailllm.channel.arrivals import Arrivals
    from tailllm.evals.desk import Desk
    from tailllm.feed.feed import Feed
    from tailllm.feed.keeper import Keeper
    from tailllm.feed.scorer import Scorer
    from tailllm.feed.triage import Triage
    from tailllm.records.row import Row
    from tailllm.rotation.desk import Desk as Deck


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
    arrivals: "Arrivals | None" = None
    """The reports of the corpus as they come in."""
    desk: "Callable[[], Desk] | None" = None
    """Opens the runs of the corpus; asked when somebody wants to see them."""
    deck: "Callable[[], Deck] | None" = None
    """Opens a reader's desk; asked when somebody wants to read a deck."""
    scorer: "Scorer | None" = None
    """Compares the calls with the corpus, beside the reading."""
    slow_ms: float | None = None
    """From the config; None means over the p95 of the model."""
    limits: "Sequence[Limit]" = ()
    """From `[thresholds]`: what is over them is an alert."""
    bell: bool = False
    """Whether an alert rings."""
    title: bool = False
    """Whether an alert stands in the terminal's title."""
    where: str = ""
    """The filter to begin with."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Saved filters of the config, by name."""
    begin: str = ""
    """A screen over the list to begin with, whose end is the end: `rotation`."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Files of prompts in a git work tree, by the prompt's name."""
    hints: Sequence[str] = ()
    clock: Callable[[], float] = time.time
    """Seconds since the epoch."""
    environ: Mapping[str, str] = field(default_factory=dict)

    def score(self, on_news: Callable[[], None]) -> None:
        """Begin to compare calls with the corpus, where there can be one."""
        if self.scorer is not None:
            self.scorer.start(on_news)

    def is_slow(self, row: "Row") -> bool:
        """Over the config's limit, or over the p95 of the calls like it."""
        if row.latency_ms is None:
            return False
        limit = self.slow_ms or self.feed.store.slow_over(row)
        return limit is not None and row.latency_ms > limit
