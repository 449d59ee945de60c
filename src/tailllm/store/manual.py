"""The table in docs/filters.md: python -m tailllm.store.manual writes it again."""

import sys
from pathlib import Path

from tailllm.store.fields import FIELDS, STATES

START, END = "<!-- fields -->\n", "<!-- end fields -->"


def page(text: str) -> str:
    """The page with its tables as the code has them."""
    head, _, rest = text.partition(START)
    tail = rest.partition(END)[2]
    return f"{head}{START}{_tables()}{END}{tail}"


def _tables() -> str:
    rows = ["| field | finds | for example |", "|---|---|---|"]
    for field in FIELDS:
        names = ", ".join(f"`{name}`" for name in (field.name, *field.aliases))
        example = field.example.replace("|", "\\|")
        rows.append(f"| {names} | {field.why} | `{example}` |")
    rows += ["", "| `is:` | means |", "|---|---|"]
    rows += [f"| `{name}` | {why} |" for name, why in STATES.items()]
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(page(file.read_text("utf-8")), "utf-8")
