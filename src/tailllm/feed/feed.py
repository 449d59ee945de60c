"""The one place where sources, dialects, validators and store meet; no UI.

Reading, validating and storing run on the feed's own thread and never wait for a screen:
a terminal that stopped reading loses no line.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import TYPE_CHECKING

from tailllm.feed.decode import Decoder
from tailllm.feed.intake import Intake
from tailllm.feed.live import Live
from tailllm.feed.news import FileState, Progress
from tailllm.feed.pool import Pool
from tailllm.feed.reading import PastReading
from tailllm.feed.rejects import Rejects
from tailllm.feed.reread import Reread
from tailllm.records.line import Address, Notice, RawLine
from tailllm.records.row import Row
from tailllm.sources.follow import Follower
from tailllm.store.span import Span
from tailllm.store.store import Store
from tailllm.store.window import Window

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tailllm.config.model import Config
    from tailllm.dialects.dialect import Dialect
    from tailllm.records.call import Call
    from tailllm.validators.checks import Checks

NEWS_EVERY_S = 0.04
"""A burst becomes one piece of news; nobody reads faster."""
NOTICES_KEPT = 1_000
POLL_EVERY_S = 0.25
TURN_S = 0.001
"""Between two megabytes of a backlog: a key must not wait for all of it."""
NICENESS = 10
"""Of reading the past while somebody watches: the host has other things to do."""


class Feed:
    """Follows `targets` and keeps the store up to date.

    Either `start` a thread, or call `load` once and then `step` as often as wanted.

    Raises:
        SourceError: Nothing can be read (only when not following; a follower waits).
    """

    def __init__(
        self,
        targets: Sequence[str],
        config: "Config",
        *,
        follow: bool = True,
        clock: Callable[[], float] = time.time,
        window_size: int = 50_000,
        asked: bool = True,
        follower: Follower | None = None,
    ) -> None:
        """Open `targets`, or go on with a `follower` that has them open already.

        `asked`: whether the store will be asked for numbers; a list of calls needs no database.
        """
        self.config = config
        self.targets = tuple(targets)
        self.store = Store(window_size=window_size, asked=asked)
        self.notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)
        self.failure: Exception | None = None
        """What stopped the feed's thread, if something did."""
        self._clock = clock
        self._follower = follower or Follower(targets, clock=clock, follow=follow)
        self._checks = _checks(config)
        house = _house(config)
        self._decoder = Decoder(clock, quick=not config.validators, house=house)
        self._intake = Intake(self.store, self._checks, path=self._follower.path)
        self._reread = Reread(self._follower, self._intake, house)
        self._pool = Pool(NICENESS if follow else 0)
        self._reading = PastReading(
            self._follower,
            self._decoder,
            self._intake,
            clock,
            in_portions=_in_portions(config),
            pool=self._pool,
        )
        self._live = Live(
            self._follower,
            self._decoder,
            self._intake,
            self._pool,
            clock,
            say=self.notices.append,
            follows=follow,
            in_portions=_in_portions(config),
        )
        self._stop = Event()
        self._thread: Thread | None = None

    @property
    def window(self) -> Window:
        """The recent calls."""
        return self.store.window

    @property
    def progress(self) -> Progress:
        """How much of the past has been read."""
        return self._reading.progress

    @property
    def rejects(self) -> Rejects:
        """The lines that gave no call."""
        return self._intake.rejects

    @property
    def files(self) -> list[FileState]:
        """Every file read so far and what came out of it."""
        return self._decoder.states(self._follower.path)

    @property
    def behind_bytes(self) -> int:
        """Known to be on disk, and not in the store yet."""
        return self._live.behind_bytes

    @property
    def lag_s(self) -> float:
        """Seconds for which bytes known to be on disk have been waiting; 0 when caught up."""
        return self._live.lag_s

    @property
    def ended(self) -> bool:
        """Whether nothing can come any more."""
        return self._follower.ended and not self.behind_bytes

    def start(self, on_news: Callable[[], None]) -> None:
        """Read on a thread; call `on_news` from there when something changed."""
        self._thread = Thread(target=self._run, args=(on_news,), name="feed", daemon=True)
        self._thread.start()

    def load(self, told: Callable[[Progress], None] = lambda _progress: None) -> None:
        """Read everything that was there at the start; `told` hears how far it is."""
        try:
            for progress in self._reading.read():
                told(progress)
        finally:
            self._pool.close()

    def step(self) -> bool:
        """Read what has come since; whether anything had, or is being read."""
        return self._live.step()

    def finish(self) -> None:
        """Nothing more will come: count lines whose end was never written."""
        self._intake.take(self._decoder.flush(), arrived=self._clock(), older=False)

    def close(self) -> None:
        """Stop the thread and let go of every file."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2)
        self._live.close()
        self._pool.close()
        self._follower.close()
        if self._checks is not None:
            self._checks.close()

    def call(self, row: Row) -> "Call":
        """The whole call, its bytes read again.

        Raises:
            GoneError: The bytes are no longer in the file.
        """
        return self._reread.call(row)

    def raw(self, row: Row) -> list[RawLine]:
        """The exact lines the call came from.

        Raises:
            GoneError: The bytes are no longer in the file.
        """
        return self._reread.lines(row)

    def line(self, address: Address) -> RawLine:
        """One line read again, whether it is a call or not.

        Raises:
            GoneError: The bytes are no longer in the file.
        """
        return RawLine(address, self._follower.read(address))

    def stretch(self, file: str, offset: int, length: int) -> bytes | None:
        """Bytes of a file, fewer at its end; None when they cannot be had like that."""
        return self._follower.stretch(file, offset, length)

    def lend(self, file: str) -> "AbstractContextManager[int | None]":
        """A descriptor of a file for a while; None when its bytes cannot be had like that."""
        return self._follower.lend(file)

    def is_document(self, file: str) -> bool:
        """Whether calls lie in it over several lines."""
        return self._decoder.is_document(file)

    def path(self, file: str) -> str:
        """The best known path of a file id."""
        return self._follower.path(file)

    def span_ending_now(self, seconds: float | None) -> Span:
        """The last `seconds`; of an old log, the last ones before its newest call."""
        if seconds is None:
            return Span(None, None)
        now = self._clock()
        newest = self.store.newest_at
        if newest is not None and newest < now - seconds:
            return Span(newest - seconds, newest)
        return Span(now - seconds, None)

    def _run(self, on_news: Callable[[], None]) -> None:
        try:
            self._follow(on_news)
        except Exception as error:  # noqa: BLE001  the screens must say that reading stopped
            self.failure = error
            on_news()

    def _follow(self, on_news: Callable[[], None]) -> None:
        told = 0.0
        past = self._reading.read()
        reading_past, changed = True, False
        while not self._stop.is_set():
            if reading_past:
                reading_past = next(past, None) is not None
                changed = True
            changed |= self.step()
            if self.behind_bytes:
                self._stop.wait(TURN_S)
            if changed and (time.monotonic() - told >= NEWS_EVERY_S or not told):
                on_news()
                told, changed = time.monotonic(), False
            if not (reading_past or self.behind_bytes):
                self._follower.wait(NEWS_EVERY_S if changed else POLL_EVERY_S)


def _checks(config: "Config") -> "Checks | None":
    """What runs the validators; it takes loading, and most logs are followed without any."""
    if not config.validators:
        return None
    from tailllm.validators.checks import Checks

    return Checks(config.validators)


def _house(config: "Config") -> "Sequence[Dialect]":
    """The dialects of the config."""
    if not config.dialects:
        return ()
    from tailllm.dialects.mapped import mapped

    return mapped(config.dialects)


def _in_portions(config: "Config") -> bool:
    """Whether who knows neither our validators nor our dialects finds the same."""
    return not (config.validators or config.dialects)
