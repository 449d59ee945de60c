"""The keys of the screen that shows what the evals found."""

from tailllm.tui.command import Command

EVALS = ("evals",)

EVAL_KEYS: tuple[Command, ...] = (
    Command("eval.accept", "a", "accept", "accept", "This is how it should be.", EVALS, True),
    Command(
        "eval.quarantine",
        "x",
        "quarantine",
        "quarantine",
        "Never red from now on, or red again.",
        EVALS,
        show=True,
    ),
    Command("eval.again", "r", "again", "ask again", "Ask the model this one again.", EVALS, True),
    Command("eval.call", "o", "call", "its call", "The call that the case came from.", EVALS, True),
    Command("eval.open", "enter,tab", "open", "read", "To the case, to scroll it; back.", EVALS),
    Command(
        "eval.older", "right_square_bracket", "run(1)", "older run", "The run before.", EVALS, True
    ),
    Command("eval.newer", "left_square_bracket", "run(-1)", "newer run", "The next run.", EVALS),
    Command("eval.passed", "t", "everything", "passed", "Cases that passed too, or not.", EVALS),
)
