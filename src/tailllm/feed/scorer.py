"""Compares the calls in memory with the corpus, beside the reading and never in its way.

The window is the queue: what it forgets before anybody came to it stays without a score.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from tailllm.corpus.wordings import Wordings
from tailllm.records.row import Row

if TYPE_CHECKING:
    from tailllm.novelty.scores import Index, Score
    from tailllm.store.store import Store

AT_ONCE = 16
"""Calls scored in a row: about 4 ms, so that no key is late."""
LOOK_EVERY_S = 0.1
REST_S = 1.0
"""The longest rest while nothing comes: waking up is what an idle log costs."""
NEWS_EVERY_S = 0.5
"""A busy list is drawn anew as often anyway."""
CASES_EVERY_S = 2.0
SHARE = 0.08
"""CPU we take at most, of what all the rest of the process takes: following comes first."""
IDLE_SHARE = 0.01
"""And of a core, so that what was there when a quiet log was opened gets its scores too."""
AT_FIRST_S = 0.1
"""And so much CPU unasked, for the calls on the first screen."""
GAPS = 1_000
"""Stretches of calls that came faster than they were scored; the oldest are given up."""
KNOWN_TEXTS = 2_000
"""Different messages whose scores are remembered: people ask the same again."""


class Scorer:
    """Keeps `store.novelties` up to date.

    Either `start` a thread, or call `score_all` once everything is read.

    Args:
        store: Whose calls.
        corpus: The corpus folder.
        environ: Says where cases that were read are cached.
        semantic: Compare by meaning.
    """

    def __init__(
        self, store: "Store", corpus: Path, environ: Mapping[str, str], *, semantic: bool = False
    ) -> None:
        self._store = store
        self._wordings = Wordings(corpus, environ)
        self._semantic = semantic
        self._index: Index | None = None
        self._cases: dict[str, str] = {}
        self._texts: dict[str, Score] = {}
        self._gaps: deque[tuple[int, int]] = deque(maxlen=GAPS)
        self._low = self._high = store.window.end
        self._replaced = store.window.replacements
        self._looked_at = -CASES_EVERY_S
        self._stop = Event()
        self._thread: Thread | None = None
        self.failure: Exception | None = None

    @property
    def cases(self) -> Mapping[str, str]:
        """What each case asks, by its id; as it was read last."""
        return self._cases

    def start(self, on_news: Callable[[], None]) -> None:
        """Score on a thread; call `on_news` from there when something was scored."""
        self._thread = Thread(target=self._run, args=(on_news,), name="novelty", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def score_all(self) -> bool:
        """Score every call in memory; False when there is no case to compare with."""
        self._read_cases()
        while self.step():
            pass
        return bool(self._cases)

    def step(self) -> bool:
        """Score the next few calls, the newest first; whether there were any."""
        index = self._index
        if index is None:
            return False
        numbered = self._due()
        scored = [(seq, row, self._score(index, row)) for seq, row in numbered if row.preview]
        if scored:
            self._store.score(scored)
        return bool(numbered)

    def _due(self) -> list[tuple[int, Row]]:
        """Calls not scored yet: changed ones, then the newest."""
        window = self._store.window
        if changed := self._changed():
            return changed
        if self._high < window.end:
            self._gaps.append((self._high, window.end))
            self._high = window.end
        while self._gaps:
            low, high = self._gaps.pop()
            start = max(low, high - AT_ONCE)
            if start > low:
                self._gaps.append((low, start))
            if found := window.slice(start, high):
                return found
        while self._low > window.first:
            high, self._low = self._low, max(window.first, self._low - AT_ONCE)
            if found := window.slice(self._low, high):
                return found
        return []

    def _changed(self) -> list[tuple[int, Row]]:
        """Scored calls of which more is known now."""
        window = self._store.window
        if window.replacements == self._replaced:
            return []
        self._replaced, changed = window.replaced_since(self._replaced)
        if changed is None:
            self._begin_again()
            return []
        rows = ((seq, window.at(seq)) for seq in sorted(changed) if self._low <= seq < self._high)
        return [(seq, row) for seq, row in rows if row]

    def _begin_again(self) -> None:
        self._gaps.clear()
        self._low = self._high = self._store.window.end

    def _score(self, index: "Index", row: Row) -> "Score":
        known = self._texts.pop(row.preview, None)
        if known is None:
            known = index.score(row.preview)
        self._texts[row.preview] = known
        while len(self._texts) > KNOWN_TEXTS:
            del self._texts[next(iter(self._texts))]
        return known

    def _read_cases(self) -> None:
        """Hold the cases there are now; all calls are scored again when they are others."""
        news = self._wordings.news()
        if news is None or news == self._cases:
            return
        gone = [id_ for id_ in self._cases if news.get(id_) != self._cases[id_]]
        added = {id_: text for id_, text in news.items() if self._cases.get(id_) != text}
        if news and (self._index is None or gone):
            from tailllm.novelty.scores import empty_index

            self._index, added = empty_index(semantic=self._semantic), news
            self._store.novelties.by = self._index.by
        if self._index is not None:
            for id_, text in added.items():
                self._index.add(id_, text)
        self._index = self._index if news else None
        self._cases = news
        self._texts.clear()
        self._store.novelties.forget(len(news))
        self._begin_again()

    def _run(self, on_news: Callable[[], None]) -> None:
        try:
            self._keep_up(on_news)
        except Exception as error:  # noqa: BLE001  following goes on without scores
            self.failure = error

    def _keep_up(self, on_news: Callable[[], None]) -> None:
        begun, spent, told, owed = time.monotonic(), 0.0, 0.0, False
        rest_s = LOOK_EVERY_S
        while not self._stop.is_set():
            now = time.monotonic()
            if now - self._looked_at >= CASES_EVERY_S:
                self._looked_at = now
                with suppress(OSError):
                    self._read_cases()
            cpu_s = time.thread_time()
            may = AT_FIRST_S + IDLE_SHARE * (now - begun)
            may += SHARE * (time.process_time() - spent)
            may_go_on = self._store.novelties.wanted or spent < may
            if may_go_on and self.step():
                spent += time.thread_time() - cpu_s
                owed, rest_s = True, LOOK_EVERY_S
                if now - told < NEWS_EVERY_S:
                    continue
            elif not owed or now - told < NEWS_EVERY_S:
                self._stop.wait(rest_s)
                rest_s = min(2 * rest_s, REST_S) if may_go_on else LOOK_EVERY_S
                continue
            on_news()
            told, owed = now, False
