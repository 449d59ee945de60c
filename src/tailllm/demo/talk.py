"""What the customers of Brambleway ask on an ordinary day, and what they are told.

Braces are filled in by the conversation: {order}, {day}, {item}, {city}, {price}.
"""

from typing import NamedTuple


class Turn(NamedTuple):
    """One question and its answer."""

    asks: tuple[str, ...]
    answers: tuple[str, ...]
    looks_up: bool = False
    """Whether the answer needs the order first."""
    hasty: tuple[str, ...] = ()
    """What billing@v15 says instead, where the new prompt makes a difference."""


class Topic(NamedTuple):
    """A conversation of one to three turns about one thing."""

    intent: str
    turns: tuple[Turn, ...]
    lang: str = "en"


ITEMS = ("pruning saw", "fig tree", "compost bin", "rain barrel", "lavender set", "seed box")
CITIES = ("Oslo", "Porto", "Ghent", "Tartu", "Split", "Cork")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

_THANKS = Turn(
    ("thanks, that helps", "ok thank you!", "great", "perfect, bye"),
    ("You are welcome. Have a good day in the garden.", "Glad to help. Anything else?"),
)

TOPICS: tuple[Topic, ...] = (
    Topic(
        "status",
        (
            Turn(
                (
                    "where is my order {order}?",
                    "hi, {order} should have been here by now",
                    "when does the {item} arrive? order {order}",
                    "tracking for {order} has not moved since sunday",
                ),
                (
                    "Your order {order} has left Aldermoor and should arrive on {day}.",
                    "{order} is on its way: the carrier plans to deliver it on {day}.",
                ),
                True,
            ),
            Turn(
                ("can it go to a pickup point instead?", "nobody is home then, can you move it?"),
                (
                    "It has already left the warehouse, so the carrier has to change it: open "
                    "their link and choose a pickup point before {day}.",
                ),
            ),
            _THANKS,
        ),
    ),
    Topic(
        "refund",
        (
            Turn(
                (
                    "the {item} from {order} arrived broken",
                    "i want my money back for {order}, the {item} is not what the picture shows",
                    "my {item} came dead. order {order}, photo attached",
                ),
                (
                    "I am sorry about the {item}. I found {order}; shall I start the return? "
                    "You would get {price} back within 3 to 5 working days.",
                    "That should not happen. For {order} I can send a new {item} or start a "
                    "return of {price}. Which do you prefer?",
                ),
                True,
            ),
            Turn(
                ("yes please", "the money please", "start the return"),
                (
                    "Done: the return for {order} is open and the label is in your account. "
                    "{price} go back to your card once the parcel is here.",
                ),
            ),
        ),
    ),
    Topic(
        "cancel",
        (
            Turn(
                (
                    "please cancel {order}",
                    "i ordered twice by mistake, cancel {order}",
                    "can i still stop {order}? wrong size",
                ),
                (
                    "{order} is not packed yet, so I have cancelled it. {price} go back to "
                    "your card.",
                    "{order} was packed this morning. When it arrives, refuse it at the door "
                    "and the {price} are refunded.",
                ),
                True,
            ),
            _THANKS,
        ),
    ),
    Topic(
        "other",
        (
            Turn(
                ("do you ship to {city}?", "how much is delivery to {city}"),
                (
                    "Yes, we deliver to {city}. It takes 5 to 9 working days; living plants "
                    "leave from Monday to Wednesday only.",
                ),
            ),
            Turn(
                ("and below zero?", "what if it freezes"),
                ("Below -3 degrees we keep plants in the greenhouse and write to you first.",),
            ),
        ),
    ),
    Topic(
        "other",
        (
            Turn(
                (
                    "can i get an invoice with our tax number for {order}",
                    "invoice for {order} has no VAT id on it",
                ),
                (
                    "Yes: open {order} in your account, choose Invoice and add the number. It "
                    "is possible for 30 days.",
                ),
                True,
            ),
        ),
    ),
    Topic(
        "other",
        (
            Turn(
                ("how do i overwinter a fig tree?", "can the fig tree stay out in winter"),
                (
                    "Keep it bright and cool, at 2 to 10 degrees, and water it once in two "
                    "weeks. Outside it needs a wall and a wrap.",
                ),
            ),
            _THANKS,
        ),
    ),
    Topic(
        "other",
        (
            Turn(
                ("is the {item} good for a balcony?", "does the {item} fit on a small balcony"),
                ("Yes, if you have 60 cm to spare and the floor can carry its weight.",),
            ),
            _THANKS,
        ),
    ),
)

NOTES = (
    "Customer asked about {intent} for {order}; answered, nothing open.",
    "Question of kind {intent} about {order}. Told what the order says. Customer seemed content.",
    "Wanted help ({intent}) with {order}. No promise made beyond the policy.",
)
