"""Every key, declared once: footer, help, README and the user's keymap read this list.

Plain printable keys come first: combinations with ctrl+enter, alt and F-keys get lost
between tmux and SSH. Esc never quits, and no key pressed twice destroys anything.
"""

from textual.binding import Binding

from tailllm.tui.command import Command
from tailllm.tui.eval_keys import EVAL_KEYS
from tailllm.tui.question_keys import CALL, LIVE, PAGES, QUESTION_KEYS, QUESTIONS, WINDOWED
from tailllm.tui.rotation_keys import ROTATION_KEYS

INBOX = ("inbox",)
ALL = (
    "live",
    "inspector",
    *QUESTIONS,
    "rejects",
    "notices",
    "about",
    "inbox",
    "rotation",
    "evals",
    "help",
)

COMMANDS: tuple[Command, ...] = (
    Command("move.down", "j,down", "move(1)", "down", "One call down; leaves follow.", LIVE),
    Command("move.up", "k,up", "move(-1)", "up", "One call up; leaves follow.", LIVE),
    Command("move.page_down", "space,pagedown", "page(1)", "page down", "One page down.", LIVE),
    Command("move.page_up", "b,pageup", "page(-1)", "page up", "One page up.", LIVE),
    Command("move.half_down", "ctrl+d", "half(1)", "half a page down", "Half a page down.", LIVE),
    Command("move.half_up", "ctrl+u", "half(-1)", "half a page up", "Half a page up.", LIVE),
    Command("move.first", "g,home", "first", "to the start", "The oldest call held.", LIVE),
    Command("move.last", "G,end", "last", "to the end", "The newest call, and follow again.", LIVE),
    Command(
        "call.open", "enter", "open", "inspect", "Read exactly what the model saw.", LIVE, True
    ),
    Command("seek.fail", "e", "seek('bad', 1)", "next fail", "Next failing call.", CALL, True),
    Command("seek.fail_back", "E", "seek('bad', -1)", "prev fail", "Failing call before.", CALL),
    Command("seek.slow", "s", "seek('slow', 1)", "next slow", "Next slow call.", CALL),
    Command("seek.slow_back", "S", "seek('slow', -1)", "prev slow", "Slow call before.", CALL),
    Command(
        "seek.same", "o", "seek('same', 1)", "same conv", "Next call of this conversation.", CALL
    ),
    Command(
        "seek.same_back", "O", "seek('same', -1)", "prev same", "Same conversation, before.", CALL
    ),
    Command("seek.marked", "u", "seek('marked', 1)", "next mark", "Next marked call.", CALL),
    Command("seek.marked_back", "U", "seek('marked', -1)", "prev mark", "Marked before.", CALL),
    Command("call.mark", "m", "mark", "mark", "Keep this call for the eval corpus.", CALL, True),
    Command("call.mark_note", "M", "mark_note", "mark+note", "Keep it with note and labels.", CALL),
    Command("call.undo", "z", "undo", "undo", "Take the last mark back.", CALL),
    Command(
        "view.filter",
        "slash,ampersand",
        "filter",
        "filter",
        "Show only calls that match.",
        LIVE,
        show=True,
        first=True,
    ),
    Command("view.follow", "F", "follow", "follow", "Follow the newest call, or stop.", LIVE, True),
    Command(
        "view.freeze",
        "equals_sign",
        "freeze",
        "freeze",
        "Hold the screen still; reading goes on.",
        LIVE,
    ),
    Command(
        "view.span",
        "t",
        "span(1)",
        "window",
        "Longer time window: 1m 5m 15m 1h all.",
        (*LIVE, *WINDOWED),
    ),
    Command(
        "view.span_back",
        "T",
        "span(-1)",
        "window back",
        "Shorter time window.",
        (*LIVE, *WINDOWED),
    ),
    Command("view.preview", "p", "preview", "preview", "Show or hide the preview.", LIVE, True),
    Command("view.pane", "tab", "pane(1)", "next pane", "The next pane or tab.", CALL),
    Command(
        "view.pane_back", "shift+tab", "pane(-1)", "pane back", "The pane or tab before.", CALL
    ),
    Command(
        "view.rejects",
        "exclamation_mark",
        "rejects",
        "rejects",
        "Lines that gave no call, with the reason.",
        LIVE,
    ),
    Command("view.inbox", "3", "inbox", "inbox", "Triage what was marked or reported.", LIVE),
    Command("view.rotation", "4", "rotation", "deck", "Read real calls, chosen to surprise.", LIVE),
    Command("view.evals", "6", "evals", "evals", "What the evals found, broke first.", LIVE),
    Command("view.notices", "N", "notices", "notices", "What happened to the files.", LIVE),
    Command("view.about", "A", "about", "about", "What tailllm itself takes, and its lag.", LIVE),
    Command(
        "call.next",
        "right_square_bracket",
        "step(1)",
        "next call",
        "The next call.",
        ("inspector",),
        True,
    ),
    Command(
        "call.previous",
        "left_square_bracket",
        "step(-1)",
        "previous",
        "The call before.",
        ("inspector",),
    ),
    Command(
        "message.next",
        "right_curly_bracket",
        "message(1)",
        "message",
        "The next message.",
        ("inspector", *PAGES),
        True,
    ),
    Command(
        "message.previous",
        "left_curly_bracket",
        "message(-1)",
        "message back",
        "The message before.",
        ("inspector", *PAGES),
    ),
    Command(
        "message.fold",
        "enter",
        "fold",
        "fold",
        "Fold or unfold the message.",
        ("inspector", *PAGES),
    ),
    Command("call.find", "slash", "find", "find", "Find text in this call.", ("inspector",)),
    Command("find.next", "n", "hit(1)", "next hit", "The next hit.", ("inspector",)),
    Command("find.previous", "N", "hit(-1)", "hit before", "The hit before.", ("inspector",)),
    Command("view.raw", "r", "raw", "raw", "The exact bytes of the log lines.", ("inspector",)),
    Command("view.wrap", "w", "wrap", "wrap", "Wrap long lines, or not.", ("inspector",)),
    Command("call.link", "y", "link", "link", "Copy the command that shows this call.", CALL),
    Command("call.copy", "Y", "copy", "copy", "Copy the call as JSON.", CALL),
    Command("call.pager", "v", "pager", "pager", "Read the call in $PAGER.", CALL),
    Command(
        "view.plain", "ctrl+l", "plain", "plain", "Print as plain text to select and copy.", CALL
    ),
    Command("item.accept", "a", "accept", "accept", "Make it a case that runs.", INBOX, True),
    Command(
        "item.dismiss",
        "x",
        "dismiss_item",
        "dismiss",
        "Say why it becomes no case.",
        INBOX,
        show=True,
        first=True,
    ),
    Command(
        "item.duplicate",
        "D",
        "duplicate",
        "duplicate",
        "Say which case covers it.",
        INBOX,
        show=True,
        first=True,
    ),
    Command(
        "item.labels",
        "l",
        "labels",
        "labels",
        "Say what kind of case it is.",
        INBOX,
        show=True,
        first=True,
    ),
    Command(
        "item.expected",
        "e",
        "expected",
        "expected",
        "Say what should have happened.",
        INBOX,
        show=True,
        first=True,
    ),
    Command("item.undo", "z", "undo", "undo", "Take your latest decision back.", INBOX, True),
    Command("item.open", "enter,tab", "open", "read", "To the item, to scroll it; back.", INBOX),
    Command("item.filter", "slash", "filter", "filter", "List only items with words.", INBOX),
    Command("item.link", "y", "link", "link", "Copy the reporter's link, or a command.", INBOX),
    Command("item.decided", "t", "everything", "all", "Decided items too, or not.", INBOX),
    *QUESTION_KEYS,
    *EVAL_KEYS,
    *ROTATION_KEYS,
    Command(
        "app.escape",
        "escape",
        "escape",
        "close",
        "Close a box or clear the filter; never quits.",
        ALL,
    ),
    Command("app.help", "question_mark", "help", "help", "What every key does here.", ALL, True),
    Command("app.back", "q", "back", "back", "Back one level; quits at the first screen.", ALL),
    Command("app.quit", "ctrl+c", "app.quit", "quit", "Quit.", ALL),
)


_SPELLED = {
    "enter": "⏎",
    "space": "Space",
    "slash": "/",
    "ampersand": "&",
    "equals_sign": "=",
    "exclamation_mark": "!",
    "plus": "+",
    "minus": "-",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "underscore": "_",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "colon": ":",
    "apostrophe": "'",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "backspace": "⌫",
    "tab": "Tab",
    "shift+tab": "S-Tab",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "left": "←",
    "right": "→",
    "down": "↓",
}


def spell(keys: str) -> list[str]:
    """Keys as people write them: `ctrl+d` is `^d`, `slash` is `/`."""
    return [_SPELLED.get(key, key.replace("ctrl+", "^")) for key in keys.split(",")]


def bindings(screen: str) -> list[Binding]:
    """The bindings of one screen, in the order of the list."""
    return [command.binding for command in COMMANDS if screen in command.on]
