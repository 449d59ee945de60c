"""Made-up requests to a garden shop, by what they are about: enough to vary, small enough to read."""

import random

ABOUT = {
    "delivery": (["where is my {} now", "when will the {} arrive", "has the {} left yet"],
                 ["parcel", "order", "package", "delivery", "fig tree", "rose"]),
    "return": (["i want to return the {}", "send back a broken {}", "can the {} go back"],
               ["pot", "spade", "hose", "lamp", "seed set", "glove"]),
    "care": (["how often do i water {}", "can {} stay out in winter", "my {} has yellow leaves"],
             ["figs", "lavender", "a palm", "tomatoes", "the ivy", "mint"]),
    "invoice": (["i need an invoice for {}", "the total on {} is wrong", "was {} paid by card"],
                ["march", "order nine", "the pots", "april", "the tree", "my roses"]),
    "gas": (["the gas bottle of the {} leaks", "is gas for the {} dangerous", "refill gas for my {}"],
            ["heater", "grill", "patio lamp", "stove"]),
}  # fmt: skip
KNOWN = ("delivery", "return", "care", "invoice")


def requests(rng: random.Random, number: int, about: tuple[str, ...] = KNOWN) -> list[str]:
    """So many requests."""
    found = []
    for _ in range(number):
        forms, things = ABOUT[rng.choice(about)]
        found.append(rng.choice(forms).format(rng.choice(things)))
    return found
