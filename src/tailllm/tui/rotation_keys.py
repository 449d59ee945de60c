"""The keys of the deck."""

from tailllm.tui.command import Command

ROTATION = ("rotation",)

ROTATION_KEYS: tuple[Command, ...] = (
    Command(
        "deck.expected", "a", "say('expected')", "as expected", "As it should be.", ROTATION, True
    ),
    Command(
        "deck.wrong",
        "x",
        "wrong",
        "wrong",
        "Wrong: say what should have happened; it goes to the inbox.",
        ROTATION,
        show=True,
        first=True,
    ),
    Command(
        "deck.surprising",
        "s",
        "say('surprising')",
        "surprising",
        "Surprising, but not wrong.",
        ROTATION,
        show=True,
    ),
    Command(
        "deck.skip", "space", "say('skip')", "skip", "Say nothing of it.", ROTATION, True, True
    ),
    Command("deck.back", "backspace", "previous", "previous", "The card before.", ROTATION, True),
    Command("deck.undo", "z", "undo", "undo", "Take your latest word back.", ROTATION, True),
    Command(
        "deck.note",
        "M",
        "note",
        "wrong+note",
        "Wrong, with note, labels and what was expected.",
        ROTATION,
        first=True,
    ),
    Command(
        "deck.open", "enter", "open", "full call", "The whole call; reads on past a stop.", ROTATION
    ),
    Command("deck.end", "e", "end", "end", "End here; the cards left are anybody's.", ROTATION),
    Command("deck.copy", "y", "copy", "copy", "Copy the summary, for a chat.", ROTATION),
)
