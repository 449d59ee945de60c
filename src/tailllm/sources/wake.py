"""A hint that something changed, so that a new line is seen in milliseconds.

Only a hint: a watch goes deaf after a rename, a symlink swap, on a network file system and
when the host has no inotify instance left. Polling is what makes following right.
"""

import threading
from collections.abc import Callable

# The defaults wait for quiet and take 1.5 s at p99 with 200 busy files; these take 38 ms.
DEBOUNCE_MS = 50
STEP_MS = 10
# Each step takes the CPU a little; where nothing comes, that adds up to most of being idle.
QUIET_MS = 5_000
QUIET_STEP_MS = 50
JOIN_S = 2.0


class Waker:
    """Watches folders in a thread and calls `wake` when anything in them moves."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._folders: frozenset[str] = frozenset()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble: str | None = None
        """Why nobody can wake us; from then on only polling finds news."""

    def watch(self, folders: frozenset[str]) -> None:
        """Watch these folders from now on."""
        if folders == self._folders or self.trouble:
            return
        self.close()
        self._folders = folders
        if not folders:
            return
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(folders, self._stop), name="tailllm-wake", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(JOIN_S)
        self._thread = None

    def _run(self, folders: frozenset[str], stop: threading.Event) -> None:
        try:
            from watchfiles import watch

            step_ms = STEP_MS
            while not stop.is_set():
                for changes in watch(
                    *folders,
                    watch_filter=None,
                    debounce=DEBOUNCE_MS,
                    step=step_ms,
                    rust_timeout=QUIET_MS,
                    yield_on_timeout=True,
                    stop_event=stop,
                    recursive=False,
                    raise_interrupt=False,
                    ignore_permission_denied=True,
                ):
                    if changes:
                        self._wake()
                    wanted_ms = STEP_MS if changes else QUIET_STEP_MS
                    if wanted_ms != step_ms:
                        step_ms = wanted_ms
                        break
                else:
                    return
                # What moves between two watches is found by polling, and so is the wake-up.
                self._wake()
        except FileNotFoundError:
            self._folders = frozenset()  # a folder went away: the next call watches what is left
        except Exception as error:  # noqa: BLE001 - the library raises its own kinds; we only lose a hint
            if not stop.is_set():
                self.trouble = str(error)
                self._wake()
