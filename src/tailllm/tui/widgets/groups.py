"""Where there is room: the same numbers by model, by prompt and by validator."""

from collections.abc import Sequence

from rich.cells import set_cell_size

from tailllm.ink import line as visible
from tailllm.tui import cells
from tailllm.tui.cells import Glyphs
from tailllm.tui.facts import Counts, Facts
from tailllm.tui.widgets.paint import Line, Paint

_NUMBER = 7
_OF_MODELS = ("n", "fail", "err", "p50", "p95")
_BAD = ("fail", "err", "%")


class Groups(Paint):
    """Three tables side by side, the biggest groups first, and how many are left out."""

    def __init__(self, *, glyphs: Glyphs = cells.UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self.facts = Facts()

    def tell(self, facts: Facts) -> None:
        """Show these from now on."""
        self.facts = facts
        self.draw()

    def lines(self, width: int) -> list[Line]:
        """A heading and as many groups as there are lines."""
        room = max(0, self.size.height - 1)
        share = width // 3
        tables = (
            self._table("models", self._models(share), _OF_MODELS, share, room),
            self._table("prompts", self._prompts(), ("n", "fail", "%", "p95"), share, room),
            self._table(
                "validators",
                self._validators(),
                ("n", "fail", "?"),
                width - 2 * share,
                room,
            ),
        )
        return [[piece for part in line for piece in part] for line in zip(*tables, strict=True)]

    def _models(self, width: int) -> list[tuple[str, list[str]]]:
        room = _name_width(width, _OF_MODELS) - 1
        return [
            (
                cells.model(group.get("model"), room, self.glyphs),
                [
                    _count(group.get("calls"), _NUMBER),
                    _count(group.get("failed", 0)),
                    _count(group.get("errors", 0)),
                    *self._latency(group, "p50", "p95"),
                ],
            )
            for group in _biggest(self.facts.models)
        ]

    def _prompts(self) -> list[tuple[str, list[str]]]:
        return [
            (
                visible(str(group.get("prompt") or "-")),
                [
                    _count(group.get("calls"), _NUMBER),
                    _count(group.get("failed", 0)),
                    cells.percent(group.get("failed", 0), group.get("calls", 0)),
                    *self._latency(group, "p95"),
                ],
            )
            for group in _biggest(self.facts.prompts)
        ]

    def _latency(self, group: Counts, *names: str) -> list[str]:
        found = group.get("latency_ms") or {}
        about = cells.ABOUT if self.facts.rough and found.get("p50") is not None else ""
        return [about + cells.seconds(found.get(name)) for name in names]

    def _validators(self) -> list[tuple[str, list[str]]]:
        counted = self.facts.total.get("validators") or {}
        order = sorted(counted.items(), key=lambda item: -int(item[1].get("failed", 0)))
        return [
            (
                visible(name),
                [
                    _count(sum(int(n) for n in counts.values()), _NUMBER),
                    _count(counts.get("failed", 0)),
                    _count(counts.get("errored", 0)),
                ],
            )
            for name, counts in order
        ]

    def _table(
        self,
        title: str,
        groups: list[tuple[str, list[str]]],
        heads: Sequence[str],
        width: int,
        room: int,
    ) -> list[Line]:
        name_width = _name_width(width, heads)
        left_out = len(groups) - room
        heading = f" {title}" + (f" ({room} of {len(groups)})" if left_out > 0 else "")
        head = set_cell_size(heading, name_width) + "".join(cells.right(h, _NUMBER) for h in heads)
        table: list[Line] = [[(set_cell_size(head, width), "quiet")]]
        for name, numbers in groups[:room]:
            line: Line = [(" " + cells.cut(name, name_width - 1, self.glyphs), "")]
            for head, number in zip(heads, numbers, strict=True):
                bad = head in _BAD and number not in ("0", "-")
                line.append((cells.right(number, _NUMBER), "bad" if bad else ""))
            spare = width - name_width - _NUMBER * len(heads)
            table.append([*line, (" " * max(0, spare), "")])
        table += [[(" " * width, "")] for _ in range(room - len(groups))]
        return table


def _name_width(width: int, heads: Sequence[str]) -> int:
    return max(6, width - 2 - _NUMBER * len(heads))


def _biggest(groups: Sequence[Counts]) -> list[Counts]:
    return sorted(groups, key=lambda group: -int(group.get("calls", 0)))


def _count(number: float | None, room: int = _NUMBER - 1) -> str:
    return cells.count_in(number, room)
