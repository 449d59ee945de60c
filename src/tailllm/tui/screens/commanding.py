"""The command line over the list: what has an argument, and so no key."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual.worker import get_current_worker

from tailllm.errors import TailllmError
from tailllm.ink import line as visible
from tailllm.tui import handing
from tailllm.tui.facts import SPANS
from tailllm.tui.screens.asking import Asking
from tailllm.tui.screens.narrowing import last_words
from tailllm.tui.widgets.commandbar import CommandBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from tailllm.records.row import Row


class Word(NamedTuple):
    """One command of the line."""

    name: str
    usage: str


WORDS = (
    Word("export", "export FILE   .jsonl .csv .parquet: the calls shown; .md: this call"),
    Word("where", "where FILTER   show only calls that match"),
    Word("since", "since 1m|5m|15m|1h|all   the time window"),
    Word("by", "by FIELD   calls shared out by a field"),
    Word("link", "link   copy the command that shows these calls again"),
    Word("quit", "quit   leave"),
)
DOES = "Enter does it  Esc leaves"


class Wrong(NamedTuple):
    """Why a command cannot be done."""

    what: str
    mend: str = ""
    place: int = 0
    """The character of the command that is meant."""


class Commanding(Asking):
    """Opens the box, does what it says, and tells what became of it."""

    _exporting = False
    _become: Sequence[str] = ()
    """What the text could become by Tab."""
    _tabbed: int | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Inside the box a slash and a colon are characters."""
        if action in ("filter", "command") and self.commandbar.display:
            return False
        return super().check_action(action, parameters)

    def action_command(self) -> None:
        """Ask for a command."""
        self._box(open_it=True)
        self.commandbar.open()
        self._suggest("")

    def on_command_bar_typed(self, message: CommandBar.Typed) -> None:
        """Say what it could become; Tab takes the first."""
        if not message.tab:
            self._suggest(message.text)
        elif self._become:
            taken = 0 if self._tabbed is None else (self._tabbed + 1) % len(self._become)
            self.commandbar.put(self._become[taken])
            if len(self._become) == 1:
                self._suggest(self._become[0])
            else:
                self._tabbed = taken
                self.completing.offer(last_words(self._become), taken)

    def on_command_bar_left(self) -> None:
        """Nothing, then."""
        self._close_command()

    def on_command_bar_given(self, message: CommandBar.Given) -> None:
        """Do it; what is not understood stays to be mended."""
        name, _, rest = message.text.strip().partition(" ")
        wrong = self._do(name, rest.strip())
        if isinstance(wrong, Wrong):
            self.completing.refuse(visible(wrong.what), visible(wrong.mend), wrong.place)
        elif wrong:
            self.completing.refuse(visible(wrong))
        else:
            self._close_command()

    def give_up_export(self) -> bool:
        """Stop writing; False when nothing is written."""
        if self._exporting:
            self.workers.cancel_group(self, "export")
        return self._exporting

    def _suggest(self, text: str) -> None:
        """Offer commands, then what can stand behind the one that was typed."""
        name, space, rest = text.partition(" ")
        self._tabbed = None
        if space:
            self._become = [f"{name} {one}" for one in self._arguments(name, rest)]
        else:
            self._become = [f"{word.name} " for word in WORDS if word.name.startswith(name)]
        usage = next((word.usage for word in WORDS if word.name == name), DOES)
        known = [] if text == name and usage != DOES else self._become
        self.completing.offer(last_words(known), hint=usage)

    def _arguments(self, name: str, rest: str) -> Sequence[str]:
        from tailllm.tui.screens.groups import FIELDS

        if name == "where":
            return self.completions(rest)
        known = {"by": FIELDS, "since": [span for span, _ in SPANS]}.get(name, ())
        return [one for one in known if one.startswith(rest) and one != rest]

    def _do(self, name: str, rest: str) -> Wrong | str:
        """Why it cannot be done; empty when it is."""
        doing: dict[str, Callable[[str], Wrong | str]] = {
            "export": self._export,
            "where": self._where,
            "since": self._since,
            "by": self._by,
            "link": self._link,
            "quit": self._quit,
        }
        if name not in doing:
            return f"no command {name!r}: there are {', '.join(doing)}" if name else ""
        return doing[name](rest)

    def _export(self, rest: str) -> str:
        if not rest:
            return "name a new file: export bad.jsonl"
        self._exporting = True
        work = partial(self._write, rest, self.table.selected)
        self.run_worker(work, thread=True, group="export", exclusive=True)
        return ""

    def _write(self, name: str, here: "Row | None") -> None:
        from tailllm.tui.screens.exporting import export

        worker = get_current_worker()

        def told(sentence: str) -> None:
            self.app.call_from_thread(self._answer, sentence)

        try:
            said = f"{name}: " + export(
                self.setting, self.scope, name, told, lambda: worker.is_cancelled, here=here
            )
        except TailllmError as error:
            said = f"{error.what}. {error.fix}"
        except OSError as error:
            said = f"{name}: {error.strerror}; what is there is not complete."
        self._exporting = False
        told(said)

    def _where(self, rest: str) -> Wrong | str:
        wrong = self.narrow(rest)
        if wrong is None:
            return ""
        return Wrong(wrong.what, wrong.fix, len("where ") + wrong.start)

    def _since(self, rest: str) -> str:
        names = [name for name, _ in SPANS]
        if rest not in names:
            return f"since takes one of {', '.join(names)}"
        self.span = names.index(rest)
        self.count()
        return ""

    def _by(self, rest: str) -> str:
        from tailllm.tui.screens.groups import FIELDS, GroupsScreen

        if rest not in FIELDS:
            return f"by takes one of {', '.join(FIELDS)}"
        self.open_question(GroupsScreen(self.setting, self.scope, rest))
        return ""

    def _link(self, _rest: str) -> str:
        where = handing.where(self.setting, self.scope)
        text = handing.command(self.setting, ["follow"], where)
        self.app.copy_to_clipboard(text)
        self._answer(f"copied: {text}")
        return ""

    def _quit(self, _rest: str) -> str:
        self.app.exit()
        return ""

    def _close_command(self) -> None:
        self.commandbar.display = False
        self._box(open_it=False)
        self.table.focus()
        self.look()
