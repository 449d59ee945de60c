"""What the screens share that answer a question about many calls.

The answer is worked out off the loop; following goes on; Esc gives up what takes too long;
what is on the screen stays until the next answer is there.
"""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from tailllm import ink
from tailllm.errors import TailllmError
from tailllm.store.errand import Errand, GivenUpError
from tailllm.tui import cells, handing
from tailllm.tui.cells import Chunk
from tailllm.tui.facts import SPANS
from tailllm.tui.scope import Scope
from tailllm.tui.screens.side import SideScreen
from tailllm.tui.screens.ways import Here, question
from tailllm.tui.widgets.paint import Line, Paint, both_ends, row

if TYPE_CHECKING:
    from tailllm.tui.setting import Setting

AGAIN_S = 2.0
"""How often the question is asked again while calls come."""
REST = 9
"""So many times as long as the last answer took, nothing is asked: a tenth of a core at most."""
TELL_S = 0.2
"""How often the title says how far it is; what is answered sooner says nothing."""


class Go(NamedTuple):
    """Show these calls in the list; `back` builds the screen that `q` returns to."""

    scope: Scope
    back: Callable[[], "Question"] | None = None
    seq: int | None = None
    """The call to go to."""


class Title(Paint):
    """Two lines over an answer: the question, and which calls it is about."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.left: list[Chunk] = []
        self.right: list[Chunk] = []
        self.second: list[Chunk] = []

    def tell(self, left: list[Chunk], right: list[Chunk], second: list[Chunk]) -> None:
        """Say this from now on."""
        self.left, self.right, self.second = left, right, second
        self.draw()

    def lines(self, width: int) -> list[Line]:
        """What is asked, and about what."""
        return [both_ends(self.left, self.right, width, 2), row(self.second, width, 2)]


class Question(SideScreen[Go]):
    """Asks, shows the answer, and asks again while calls come."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = [
        "../inspector.tcss",
        "../questions.tcss",
    ]
    TITLE_WORD = ""
    """The name of the screen, in capitals."""

    class Answered(Message):
        """The answer to one asking."""

        def __init__(self, asking: int, answer: Any, trouble: str = "") -> None:
            super().__init__()
            self.asking = asking
            self.answer = answer
            self.trouble = trouble

    def __init__(self, setting: "Setting", scope: Scope) -> None:
        super().__init__()
        self.setting = setting
        self.feed = setting.feed
        self.scope = scope
        self.glyphs = cells.ASCII if setting.look.ascii else cells.UNICODE
        self.title_lines = Title(glyphs=self.glyphs, id="question-title")
        self.answer: Any = None
        self.remark = ""
        """Answers a key, until the next one."""
        self._asking = 0
        self._errand = Errand()
        self.waiting = False
        self._asked_at = 0.0
        self._took_s = 0.0
        self._asked: object = None

    def ask(self, errand: Errand) -> Any:
        """Work the answer out. Runs on a thread; a walk over calls tells `errand` its steps."""
        raise NotImplementedError

    def show(self) -> None:
        """Draw `self.answer`."""
        raise NotImplementedError

    def again(self) -> "Question":
        """This screen once more, as it stands."""
        return type(self)(self.setting, self.scope)

    def command(self) -> list[str]:
        """The verb of the headless twin and its own arguments."""
        return []

    def where(self) -> str:
        """The filter of the headless twin: these calls, whenever it is run."""
        return handing.where(self.setting, self.scope)

    def headline(self) -> list[Chunk]:
        """What the answer is, after the name of the screen."""
        return []

    def detail(self) -> list[Chunk]:
        """What else is known of the row under the cursor."""
        return []

    def on_mount(self) -> None:
        """Ask at once, and again while calls come."""
        self.call_after_refresh(self.begin)
        self.set_interval(AGAIN_S, self._once_more)
        self.set_interval(TELL_S, self._tell_progress)

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._errand.give_up()

    def begin(self) -> None:
        """Ask, in place of what may be under way."""
        self._errand.give_up()
        self._errand = Errand()
        self._asking += 1
        self.waiting, self._asked_at = True, monotonic()
        self._asked = self._state()
        work = partial(self._work, self._asking, self._errand)
        self.run_worker(work, thread=True, group="question", exclusive=True)
        self.tell()

    def tell(self) -> None:
        """Draw the title as things stand."""
        left = [Chunk(0, self.TITLE_WORD, "strong"), *self.headline()]
        right = [Chunk(0, self._progress(), "key")] if self.waiting else []
        chosen = ink.line(self.scope.filter)
        second = [
            Chunk(0, self.remark, "strong"),
            *self.detail(),
            Chunk(1, f"filter: {chosen}" if chosen else "filter: none", "key" if chosen else ""),
            Chunk(2, self.window(), "quiet"),
        ]
        self.title_lines.tell(left, right, second)

    def window(self) -> str:
        """Of which time the calls are."""
        return self.scope.window

    def say(self, sentence: str) -> None:
        """Answer a key."""
        self.remark = ink.line(sentence)
        self.tell()

    def on_question_answered(self, message: Answered) -> None:
        """Show it, unless something else has been asked meanwhile."""
        if message.asking != self._asking:
            return
        self.waiting = False
        self._took_s = monotonic() - self._asked_at
        if message.trouble:
            self.remark = message.trouble
        else:
            self.answer = message.answer
            self.show()
        self.tell()

    def action_escape(self) -> None:
        """Give up waiting; with nothing under way, go back."""
        if self.waiting:
            self._asking += 1
            self.waiting = False
            self._errand.give_up()
            self.workers.cancel_group(self, "question")
            before = "nothing was counted yet" if self.answer is None else "this is from before"
            self.say(f"Given up: {before}. The next call asks again.")
        else:
            self.action_back()

    def action_span(self, steps: int) -> None:
        """Another time window."""
        span = max(0, min(len(SPANS) - 1, self.scope.span + steps))
        self.scope, self.remark = self.scope._replace(span=span), ""
        self.begin()

    def action_ask(self, name: str) -> None:
        """Ask something else about the same calls."""
        if name != self.NAME:
            self.open(question(name, self.setting, self.scope, Here()))

    def action_link(self) -> None:
        """Copy the command that asks this again."""
        text = handing.command(self.setting, self.command(), self.where())
        self.app.copy_to_clipboard(text)
        self.say(f"copied: {text}")

    def open(self, screen: Screen[Any]) -> None:
        """Open a screen over this one; calls it wants to see are shown by the list."""

        def came(go: Any) -> None:
            if isinstance(go, Go):
                self.dismiss(go)

        self.app.push_screen(screen, came)

    def action_calls(self) -> None:
        """Show the calls this is about."""
        self.leave_for(self.scope)

    def leave_for(self, scope: Scope, seq: int | None = None) -> None:
        """Show these calls in the list."""
        self.dismiss(Go(scope, self.again, seq))

    def _work(self, asking: int, errand: Errand) -> None:
        try:
            with self.feed.store.ledger.on(errand):
                answer, trouble = self.ask(errand), ""
        except GivenUpError:
            return
        except TailllmError as error:
            answer, trouble = None, ink.line(f"{error.what}. {error.fix}")
        if not get_current_worker().is_cancelled:
            self.post_message(self.Answered(asking, answer, trouble))

    def _progress(self) -> str:
        """`counting 43 % 1.2s  Esc gives up`, as far as there is time to read it."""
        said = f"{self.glyphs.reading} counting"
        seconds, share = monotonic() - self._asked_at, self._errand.share
        if seconds < TELL_S:
            return said
        percent = "" if share is None else f" {share:.0%}"
        return f"{said}{percent} {seconds:.1f}s  Esc gives up"

    def _tell_progress(self) -> None:
        if self.waiting:
            self.tell()

    def _state(self) -> object:
        return self.feed.window.state

    def _once_more(self) -> None:
        if not self.is_current or self.waiting or self._asked == self._state():
            return
        if monotonic() - self._asked_at < (1 + REST) * self._took_s:
            return
        self.begin()
