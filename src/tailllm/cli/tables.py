"""Numbers as rows of text; the same number has the same unit and width everywhere."""

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

from tailllm import ink

GROUP_COLUMNS = ("calls", "errors", "failed", "p50 ms", "p95 ms", "p99 ms", "in", "out")


def stats_table(numbers: dict[str, Any], *, by: str | None = None) -> Iterator[str]:
    """The object of `stats --json` as rows for a person."""
    total = "  ".join(
        f"{name} {_number(numbers.get(name))}"
        for name in ("calls", "errors", "failed", "rejects")
        if name in numbers
    )
    yield total
    yield f"from {numbers.get('first') or '-'} to {numbers.get('last') or '-'}"
    yield f"tokens in {_number(numbers['input_tokens'])}  out {_number(numbers['output_tokens'])}"
    yield ""
    yield from table(
        ("ms", "p50", "p95", "p99"),
        [
            (name, *(_number(numbers[field].get(p)) for p in ("p50", "p95", "p99")))
            for name, field in (("latency", "latency_ms"), ("first token", "ttft_ms"))
        ],
    )
    if numbers["validators"]:
        yield ""
        yield from table(
            ("validator", "passed", "failed", "errored"),
            [
                (name, *(_number(counts.get(o)) for o in ("passed", "failed", "errored")))
                for name, counts in numbers["validators"].items()
            ],
        )
    if by and numbers.get("groups") is not None:
        yield ""
        rows = [_group(group, by) for group in numbers["groups"]]
        yield from table((by, *GROUP_COLUMNS), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns: the first to the left, the others to the right."""
    shown = [[ink.line(text) for text in row] for row in (head, *rows)]
    widths = [max(cells(row[i]) for row in shown) for i in range(len(head))]
    for first, *others in shown:
        row = [first + " " * (widths[0] - cells(first))]
        row += [
            " " * (width - cells(text)) + text
            for text, width in zip(others, widths[1:], strict=True)
        ]
        yield "  ".join(row).rstrip()


def cells(text: str) -> int:
    """Terminal cells the text takes: 訂單 is four wide, a combining accent takes none."""
    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def _group(group: dict[str, Any], by: str) -> tuple[str, ...]:
    latency = group["latency_ms"]
    numbers = (
        group["calls"],
        group["errors"],
        group.get("failed"),
        *(latency.get(p) for p in ("p50", "p95", "p99")),
        group["input_tokens"],
        group["output_tokens"],
    )
    return (str(group.get(by) or "-"), *(_number(number) for number in numbers))


def _number(value: float | None) -> str:
    """A dash for what the log does not say; it is never 0."""
    return "-" if value is None else f"{value:,.0f}"
