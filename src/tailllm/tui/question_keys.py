"""The keys that ask: groups and the other screens that answer a question about many calls."""

from tailllm.tui.command import Command

LIVE = ("live",)
QUESTIONS = ("groups",)
"""Screens that answer a question about many calls."""

QUESTION_KEYS: tuple[Command, ...] = (
    Command("go.calls", "1", "calls", "calls", "The calls this screen is about.", QUESTIONS),
    Command(
        "go.groups",
        "2",
        "groups",
        "groups",
        "Calls by any field: failures, change, latency.",
        LIVE,
        show=True,
    ),
    Command(
        "group.open",
        "enter",
        "open",
        "its calls",
        "Show the calls of this group; q comes back.",
        ("groups",),
        show=True,
    ),
    Command(
        "group.field", "tab", "pane(1)", "field", "Share out by the next field.", ("groups",), True
    ),
    Command(
        "group.field_back",
        "shift+tab",
        "pane(-1)",
        "field back",
        "Share out by the field before.",
        ("groups",),
    ),
    Command(
        "value.keep",
        "plus",
        "keep",
        "keep",
        "Keep only what has the value under the cursor.",
        ("live", "groups"),
    ),
    Command(
        "value.hide",
        "minus",
        "hide",
        "hide",
        "Leave out what has the value under the cursor.",
        ("live", "groups"),
    ),
    Command(
        "value.column",
        "right",
        "column(1)",
        "column",
        "The next column, for + and -.",
        LIVE,
    ),
    Command(
        "value.column_back",
        "left",
        "column(-1)",
        "column back",
        "The column before.",
        LIVE,
    ),
    Command(
        "sort.next",
        "greater_than_sign",
        "sort(1)",
        "sort",
        "Sort by the next column.",
        ("groups",),
        True,
    ),
    Command(
        "sort.back",
        "less_than_sign",
        "sort(-1)",
        "sort back",
        "Sort by the column before.",
        ("groups",),
    ),
    Command("sort.turn", "underscore", "sort(0)", "turn", "Turn the order round.", ("groups",)),
)
