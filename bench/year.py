"""A year of the loop in a minute: `python -m bench.year FOLDER`. Draws docs/year.svg.

The folder is as for `bench.drift`. Every week people ask 500 things; every second week a new
kind of request appears; from week 20 on some shout; in week 35 the provider changes its model.
A team reads twenty a week and makes each a case: chosen by `rotation`, at random, or it reads
nothing. Every week is compared with the four before it, as `tailllm drift` does.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.decks import Asked, Deck, World, as_shipped, at_random, index_of
from bench.drift import Data
from tailllm.drift.inputs import inputs
from tailllm.store.significance import fisher

PICTURE = Path(__file__).parents[1] / "docs" / "year.svg"
WEEKS, MESSAGES, START_KINDS, NEW_EVERY = 52, 500, 110, 2
SHOUTING_FROM, SHOUTING_SHARE = 20, 0.04
PROVIDER_WEEK, CUT_BEFORE, CUT_AFTER = 35, 0.01, 0.05
"""The new model's answers are cut off more often: what the log shows of the change."""
SMOOTH = 3


class Week(NamedTuple):
    """What one week was like."""

    covered: float
    """Share of messages of a kind the corpus knows; only labels tell."""
    blind: float
    """Share of messages with no case near; what tailllm says."""
    surprise: float | None
    """Share of what was read that was of an unknown kind; None where nobody read."""
    alarms: tuple[str, ...]
    """What the comparison with the four weeks before named, for the first team."""


def traffic(world: World) -> list[list[Asked]]:
    """The messages of each week, the same for every team."""
    found = []
    for week in range(WEEKS):
        said = world.week(MESSAGES, kinds=START_KINDS + week // NEW_EVERY)
        if week >= SHOUTING_FROM:
            some = int(SHOUTING_SHARE * MESSAGES)
            said[:some] = [(text.upper(), kind) for text, kind in said[:some]]
        found.append(said)
    return found


def play(
    weeks: list[list[Asked]], cases: list[Asked], deck: Deck | None, rng: Random
) -> list[Week]:
    """One team's year."""
    cases, found = list(cases), []
    for number, week in enumerate(weeks):
        index, known = index_of(cases), {kind for _, kind in cases}
        texts = [text for text, _ in week]
        before = [text for one in weeks[max(0, number - 4) : number] for text, _ in one]
        moved = inputs(before if deck is as_shipped else [], texts, index)
        places = deck(rng, cases, texts) if deck else []
        odd = sum(week[place][1] not in known for place in places)
        found.append(
            Week(
                covered=sum(kind in known for _, kind in week) / len(week),
                blind=moved.blind_after.part / len(week),
                surprise=odd / len(places) if places else None,
                alarms=tuple(f"{one.kind} {one.name}" for one in moved.findings),
            )
        )
        cases += [week[place] for place in places]
    return found


def provider(rng: Random) -> list[int]:
    """Weeks in which answers are cut off more often than in the four before, at 1 in 1,000."""
    shares = [CUT_AFTER if week >= PROVIDER_WEEK else CUT_BEFORE for week in range(WEEKS)]
    cut = [sum(rng.random() < share for _ in range(MESSAGES)) for share in shares]
    return [
        week
        for week in range(4, WEEKS)
        if fisher(cut[week], MESSAGES, sum(cut[week - 4 : week]), 4 * MESSAGES) < 0.001
    ]


TEAMS: dict[str, tuple[Deck | None, str]] = {
    "reads what rotation draws": (as_shipped, "#1d6b33"),
    "reads twenty at random": (at_random, "#1c5fa8"),
    "reads nothing": (None, "#8a8a8a"),
}
WIDTH, HEIGHT, LEFT, TOP, RIGHT, FOOT = 760, 380, 60, 30, 190, 50


def picture(years: dict[str, list[Week]]) -> str:
    """Coverage drawn through, surprise dashed, over the weeks."""

    def x(week: float) -> float:
        return LEFT + week / (WEEKS - 1) * (WIDTH - LEFT - RIGHT)

    def y(share: float) -> float:
        return HEIGHT - FOOT - share * (HEIGHT - TOP - FOOT)

    drawn = [
        f'<path d="M{LEFT} {y(n / 4):.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        f'<text x="{LEFT - 8}" y="{y(n / 4) + 4:.0f}" text-anchor="end">{n * 25} %</text>'
        for n in range(5)
    ]
    for week, said in ((0, "week 1"), (SHOUTING_FROM, "shouting"), (PROVIDER_WEEK, "new model")):
        drawn.append(
            f'<path d="M{x(week):.0f} {TOP}V{HEIGHT - FOOT}" stroke="#ddd"/>'
            f'<text x="{x(week):.0f}" y="{HEIGHT - FOOT + 18}">{said}</text>'
        )
    lowest = 0.0
    for name, weeks in years.items():
        colour = TEAMS[name][1]
        drawn.append(_line([(x(n), y(one.covered)) for n, one in enumerate(weeks)], colour))
        lowest = max(y(weeks[-1].covered) + 4, lowest + 16)
        at = f'x="{WIDTH - RIGHT + 8}" y="{lowest:.0f}"'
        drawn.append(f'<text {at} fill="{colour}">{name}</text>')
        read = [(n, one.surprise) for n, one in enumerate(weeks) if one.surprise is not None]
        smooth = [(x(n), y(_mean(read, place))) for place, (n, _) in enumerate(read)]
        drawn.append(_line(smooth, colour, dash="4 3") if read else "")
    title = "Messages of a kind the corpus knows (line), and surprise in what was read (dashes)"
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        f'<text x="{LEFT}" y="18">{title}</text>\n{body}\n</svg>\n'
    )


def _mean(read: list[tuple[int, float]], place: int) -> float:
    near = read[max(0, place - SMOOTH) : place + SMOOTH + 1]
    return sum(share for _, share in near) / len(near)


def _line(spots: list[tuple[float, float]], colour: str, dash: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'


def main() -> None:
    data = Data(Path(sys.argv[1]))
    world = World(data, Random(0))
    weeks, cases = traffic(world), world.corpus(START_KINDS)
    years = {name: play(weeks, cases, deck, Random(1)) for name, (deck, _) in TEAMS.items()}
    print("                           covered              blind    surprise")
    for name, year in years.items():
        cells = [f"{year[n].covered:.0%}" for n in (0, 12, 25, 51)]
        read = [one.surprise for one in year if one.surprise is not None]
        ends = [read[:8], read[-8:]] if read else []
        surprise = " -> ".join(f"{sum(end) / len(end):.0%}" for end in ends) or "-"
        blind = f"{year[0].blind:.0%} -> {year[-1].blind:.0%}"
        print(f"  {name:<26} {' '.join(cells)}  {blind}  {surprise}")
    told = years["reads what rotation draws"]
    named = Counter(one.split()[0] for week in told for one in week.alarms)
    first = next((n for n, one in enumerate(told) if "style in capitals" in one.alarms), None)
    print(f"alarms by kind: {dict(named)}; shouting from week {SHOUTING_FROM}, said in {first}")
    print(f"the provider changed in week {PROVIDER_WEEK}, said in {provider(Random(2))[:1]}")
    PICTURE.write_text(picture(years))


if __name__ == "__main__":
    main()
