"""The keys that ask: groups, changes, versions, time, and what they open."""

from tailllm.tui.command import Command

LIVE = ("live",)
CALL = ("live", "inspector")
INSPECTOR = ("inspector",)
PAGES = ("compare", "thread")
"""Questions whose answer is a page to read."""
QUESTIONS = ("groups", "changed", "versions", "timeline", "variants", "drift", "blind", *PAGES)
"""Screens that answer a question about many calls."""
ASKING = (*LIVE, *QUESTIONS)
WINDOWED = ("groups", "changed", "timeline", "variants", "blind")
"""Screens whose answer is about a time window."""
TABBED = ("groups", "changed", "drift")
"""Screens with more than one thing to choose from."""
ROWS = ("groups", "changed", "timeline", "drift", "blind")
"""Screens whose rows are calls to show."""


QUESTION_KEYS: tuple[Command, ...] = (
    Command(
        "row.open", "enter", "open", "its calls", "Show these calls; q comes back.", ROWS, show=True
    ),
    Command(
        "row.read", "enter", "open", "read", "Read it in full.", ("versions", "variants"), show=True
    ),
    Command("row.next", "tab", "pane(1)", "next", "The next field.", TABBED, show=True),
    Command("row.back", "shift+tab", "pane(-1)", "back", "The field before.", TABBED),
    Command(
        "value.keep",
        "plus",
        "keep",
        "keep",
        "Keep only what has the value under the cursor.",
        ("live", "groups", "versions"),
    ),
    Command(
        "value.hide",
        "minus",
        "hide",
        "hide",
        "Leave out what has the value under the cursor.",
        ("live", "groups"),
    ),
    Command("value.column", "right", "column(1)", "column", "The next column, for + and -.", LIVE),
    Command("value.column_back", "left", "column(-1)", "col back", "The column before.", LIVE),
    Command(
        "sort.novel",
        "greater_than_sign",
        "sort(1)",
        "by novelty",
        "Least like the corpus first; again, in order anew.",
        LIVE,
    ),
    Command("sort.time", "less_than_sign", "sort(-1)", "by time", "Calls as they came.", LIVE),
    Command(
        "sort.next",
        "greater_than_sign",
        "sort(1)",
        "sort",
        "Sort by the next column.",
        ("groups",),
        show=True,
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
    Command("time.next", "right,l", "step(1)", "later", "A little later.", ("timeline",)),
    Command("time.back", "left,h", "step(-1)", "earlier", "A little earlier.", ("timeline",)),
    Command("time.far", "L", "step(10)", "much later", "Ten steps later.", ("timeline",)),
    Command("time.far_back", "H", "step(-10)", "much earlier", "Ten steps earlier.", ("timeline",)),
    Command(
        "time.range",
        "v",
        "range",
        "range",
        "Begin a range here, or end it.",
        ("timeline",),
        show=True,
    ),
    Command(
        "time.closer",
        "right_parenthesis",
        "zoom(1)",
        "closer",
        "Only the range, finer.",
        ("timeline",),
        show=True,
    ),
    Command(
        "time.wider",
        "left_parenthesis",
        "zoom(-1)",
        "wider",
        "Back out again.",
        ("timeline",),
        True,
    ),
    Command("go.calls", "1", "calls", "calls", "The calls this screen is about.", QUESTIONS),
    Command("go.groups", "2", "ask('groups')", "groups", "Calls by any field.", ASKING, show=True),
    Command(
        "go.changed",
        "c",
        "ask('changed')",
        "changed",
        "What changed, noise left out.",
        ASKING,
        True,
    ),
    Command(
        "go.versions",
        "V",
        "ask('versions')",
        "versions",
        "Every prompt version.",
        ASKING,
        show=True,
    ),
    Command(
        "go.timeline", "i", "ask('timeline')", "timeline", "Calls over time.", ASKING, show=True
    ),
    Command("go.variants", "a", "ask('variants')", "variants", "The same asked twice.", ASKING),
    Command("go.blind", "B", "ask('blind')", "blind", "What no case is near.", ASKING),
    Command("go.drift", "5", "ask('drift')", "drift", "What moved, and the loop by weeks.", ASKING),
    Command("drift.longer", "t", "period(1)", "longer", "A longer period.", ("drift",), show=True),
    Command("drift.shorter", "T", "period(-1)", "shorter", "A shorter period.", ("drift",)),
    Command("call.thread", "C", "thread", "thread", "Its conversation as one thread.", CALL),
    Command("call.version", "V", "version", "version", "Its prompt version among all.", INSPECTOR),
    Command("call.pin", "apostrophe", "pin", "pin", "Pin this call, to compare others with.", CALL),
    Command("call.diff", "d", "diff", "diff", "Compare with the pinned call.", CALL),
    Command("go.command", "colon", "command", "command", "Export, group, narrow by typing.", LIVE),
    Command("go.link", "y", "link", "copy", "Copy the command that asks this again.", QUESTIONS),
)
