"""The program on the screen: colours, keys, the first screen, and leaving in good order."""

import gc
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import Binding
from textual.driver import Driver
from textual.screen import Screen

from tailllm import crash
from tailllm.errors import Exit
from tailllm.tui import themes
from tailllm.tui.commands import COMMANDS
from tailllm.tui.driver import QuietDriver, unwritten
from tailllm.tui.keymap import keymap
from tailllm.tui.leaving import LeavingApp
from tailllm.tui.screens.live import LiveScreen
from tailllm.tui.setting import Setting
from tailllm.tui.title import WindowTitle

if TYPE_CHECKING:
    from tailllm.ask.check import Limit
    from tailllm.config.model import Config
    from tailllm.evals.desk import Desk
    from tailllm.feed.keeper import Keeper
    from tailllm.feed.triage import Triage
    from tailllm.rotation.desk import Desk as Deck
    from tailllm.rotation.drawing import Wish
    from tailllm.sources.follow import Follower

WINDOW = 50_000
WRITES_WAITING = 8
"""Two frames; the queue holds thirty writes, and the next one would wait."""
OWED_S = 0.1
FIRST_CALLS_S = 3.0
"""So long a key waits for the first calls of a log that is slow to come."""
GARBAGE_AFTER = 10_000
"""New objects between two looks for rings: a few milliseconds each, while calls pour in."""


class TailllmApp(LeavingApp):
    """Shows one feed."""

    CSS_PATH = "tailllm.tcss"
    TITLE = "tailllm"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar = [
        Binding("ctrl+c", "quit", "quit", show=False, priority=True, system=True),
    ]

    def __init__(self, setting: Setting) -> None:
        # Textual chooses its NO_COLOR filter here, before it can know the theme.
        super().__init__(ansi_color=True if setting.look.theme.startswith("ansi-") else None)
        self.setting = setting
        self._owes_frame = False
        self.window_title = WindowTitle()
        self._is_ready = False
        self._made_at = time.monotonic()
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        self.theme = setting.look.theme
        self.set_keymap(dict(setting.keymap))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colour names, for themes that do not know them."""
        return themes.PLAIN_VARIABLES

    def get_default_screen(self) -> Screen[Any]:
        """The Live screen is the ground floor."""
        return LiveScreen(self.setting)

    def on_mount(self) -> None:
        """An interrupt, a hang-up or a polite kill leaves the terminal as it was."""
        self.animation_level = "none"
        if self.is_headless:
            return
        self.hear_signals()

    def is_ready(self) -> bool:
        """Keys typed over the first frame are about its calls, so they wait until we have them."""
        if not self._is_ready:
            feed, waited_s = self.setting.feed, time.monotonic() - self._made_at
            self._is_ready = bool(len(feed.window)) or feed.progress.done
            self._is_ready |= waited_s > FIRST_CALLS_S
            if self._is_ready and isinstance(self.screen, LiveScreen):
                self.screen.table.grow()
        return self._is_ready

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette offers what the keys of this screen do."""
        name = type(screen).__name__.removesuffix("Screen").lower()
        for command in COMMANDS:
            if name in command.on and not command.id.startswith("move."):
                yield SystemCommand(
                    command.label, command.why, self._runner(screen, command.action)
                )

    def _runner(self, screen: Screen[Any], action: str) -> Any:
        async def run() -> None:
            await self.run_action(action, screen)

        return run

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Leave a frame out while the terminal takes none, and draw all of it afterwards.

        Frames would fill the queue to the terminal and then stop the loop: no key would be
        answered, and later old frames would be shown one after the other.
        """
        if (unwritten(self) or 0) <= WRITES_WAITING:
            super()._display(screen, renderable)
        elif not self._owes_frame:
            self._owes_frame = True
            self.set_timer(OWED_S, self._pay_frame)

    def entitle(self, text: str) -> None:
        """Put words of our own into the terminal's title, until we leave."""
        if self._driver is not None and not self.is_headless:
            self.window_title.say(text, self._driver.write)

    def _pay_frame(self) -> None:
        if unwritten(self):
            self.set_timer(OWED_S, self._pay_frame)
            return
        self._owes_frame = False
        self.screen.refresh()

    def get_driver_class(self) -> type[Driver]:
        """Our driver where Textual would take the one it extends."""
        driver = super().get_driver_class()
        if driver.__name__ != "LinuxDriver":
            return driver
        return QuietDriver

    def _fatal_error(self) -> None:
        """Say where it broke, without the values: locals and messages hold prompts and keys."""
        error = sys.exc_info()[1] or self._exception
        self._return_code = crash.EXIT_CODE
        if error is not None:
            self._exit_renderables.append(Text(f"{crash.report(error)}\n{crash.PLEA}"))
        self._close_messages_no_wait()


def run_app(
    targets: Sequence[str],
    config: "Config",
    corpus: Path,
    *,
    look: themes.Look,
    hints: Sequence[str] = (),
    where: str = "",
    environ: Mapping[str, str] = os.environ,
    follower: "Follower | None" = None,
    wish: "Wish | None" = None,
    window_size: int = WINDOW,
) -> int:
    """Follow logs on the screen until the reader leaves.

    Args:
        targets: Files, folders, globs, or `-`.
        corpus: Folder for marks.
        look: How the screens look.
        hints: What to press first, one sentence a line.
        where: The filter to begin with.
        environ: For marks and what leaves the screens.
        follower: Has `targets` open already.
        wish: Begin with a deck like this, and end with it.
        window_size: How many calls are held.

    Returns:
        The exit code.
    """
    from tailllm.corpus.opening import open_marks
    from tailllm.feed.feed import Feed
    from tailllm.feed.keeper import Keeper
    from tailllm.feed.scorer import Scorer

    marks = open_marks(corpus, by=config.by, environ=environ, redact=config.redact)
    with (
        closing(Feed(targets, config, follower=follower, window_size=window_size)) as feed,
        closing(Scorer(feed.store, corpus, environ)) as scorer,
    ):
        keeper = Keeper(feed, marks)
        setting = Setting(
            feed=feed,
            keeper=keeper,
            targets=tuple(targets),
            scorer=scorer,
            look=look,
            **_offices(config, corpus, keeper, wish=wish, environ=environ),
            **_wishes(config, where, hints),
        )
        return _run(TailllmApp(setting))


def _offices(
    config: "Config",
    corpus: Path,
    keeper: "Keeper",
    *,
    wish: "Wish | None",
    environ: Mapping[str, str],
) -> dict[str, Any]:
    """What opens the corpus, asked when somebody goes there; and where to begin."""
    from tailllm.channel.arrivals import Arrivals

    return {
        "environ": environ,
        "arrivals": Arrivals(corpus),
        "begin": "" if wish is None else "rotation",
        "triage": partial(_triage, config, corpus, environ),
        "desk": partial(_desk, config, corpus, environ),
        "deck": partial(_deck, config, corpus, keeper, wish=wish, environ=environ),
    }


def _wishes(config: "Config", where: str, hints: Sequence[str]) -> dict[str, Any]:
    """What the config and the command line say of the screens."""
    return {
        "where": where,
        "hints": hints,
        "keymap": keymap(config.keys),
        "slow_ms": config.thresholds.slow_ms,
        "filters": config.filters,
        "prompts": config.prompts,
        "limits": limits(config),
        "bell": config.display.bell,
        "title": config.display.title,
    }


def limits(config: "Config") -> "list[Limit]":
    """What `[thresholds]` says the numbers may be at most."""
    from tailllm.ask.check import DURATIONS, SHARES, Limit

    fields = {name: f"max_{name.replace('-', '_')}_ms" for name in DURATIONS}
    fields |= {name: f"max_{name}" for name in SHARES}
    found = ((name, getattr(config.thresholds, field)) for name, field in fields.items())
    return [Limit(name, most) for name, most in found if most is not None]


def _run(app: TailllmApp) -> int:
    _tidy_seldom()
    app.run(mouse=app.setting.look.mouse)
    app.window_title.give_back()
    return app.return_code or Exit.FINE


def _tidy_seldom() -> None:
    """Look for garbage in small steps: a look at all that is loaded holds keys up for 0.2 s."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def _triage(config: "Config", corpus: Path, environ: Mapping[str, str]) -> "Triage":
    from tailllm.corpus.opening import open_inbox
    from tailllm.feed.triage import Triage

    inbox = open_inbox(corpus, by=config.by, environ=environ, redact=config.redact)
    return Triage(inbox, validators={spec.name for spec in config.validators})


def _desk(config: "Config", corpus: Path, environ: Mapping[str, str]) -> "Desk":
    from tailllm.evals.desk import Desk

    return Desk(config, corpus, environ)


def _deck(
    config: "Config",
    corpus: Path,
    keeper: "Keeper",
    *,
    wish: "Wish | None",
    environ: Mapping[str, str],
) -> "Deck":
    from tailllm.corpus.opening import open_inbox, open_sessions
    from tailllm.rotation.desk import Desk

    inbox = open_inbox(corpus, by=config.by, environ=environ, redact=config.redact)
    sessions = open_sessions(corpus, by=config.by, redact=config.redact)
    return Desk(keeper, sessions, inbox, wish)
