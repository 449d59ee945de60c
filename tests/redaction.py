"""What redaction finds and what it cannot, counted on a labelled set.

`docs/marks.md` is made from it: `python -m tests.redaction` writes the table, and
`tests/corpus/test_recall.py` fails when it is old. Every name and number here is invented.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tailllm.corpus.clean import Cleaner
from tests.test_redact import LOOK_ALIKES, SECRETS, spoken

PAGE = Path(__file__).parents[1] / "docs/marks.md"
BEGIN, END = "<!-- recall -->\n", "<!-- end recall -->\n"


class Sample(NamedTuple):
    """A text with something in it that somebody may not want kept."""

    kind: str
    text: str
    secret: str


SHAPES = {
    "anthropic-key": "vendor keys", "openai-key": "vendor keys", "aws-key-id": "vendor keys",
    "aws-secret-key": "vendor keys", "github-token": "vendor keys", "gitlab-token": "vendor keys",
    "slack-token": "vendor keys", "slack-webhook": "vendor keys", "google-key": "vendor keys",
    "google-token": "vendor keys", "stripe-key": "vendor keys", "huggingface-token": "vendor keys",
    "npm-token": "vendor keys", "sendgrid-key": "vendor keys", "groq-key": "vendor keys",
    "private-key": "private keys (PEM)", "jwt": "JWTs", "url-password": "passwords in URLs",
    "bearer-token": "authorization headers", "basic-auth": "authorization headers",
    "cookie": "cookies", "assigned-secret": "`password=`, `secret:`, `api_key=` with a digit",
}  # fmt: skip

FIELDS = tuple(
    f'{{"request": {{"{name}": "correct horse"}}}}'
    for name in (
        "password",
        "Authorization",
        "X-Api-Key",
        "cookie",
        "clientSecret",
        "refresh_token",
    )
)
OTHERS = {
    "passwords in a sentence": (
        ("my password is hunter2, does it work?", "hunter2"), ("use Tr0ub4dor to log in", "Tr0ub4dor"),
        ("the wifi key? correct horse battery staple", "correct horse"), ("password=correcthorse", "correcthorse"),
        ("the PIN is 4711", "4711"),
    ),
    "keys without a prefix": (
        ("key 9f8e7d6c5b4a39281706f5e4d3c2b1a0", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
        ("token dGhpcyBpcyBub3QgYSByZWFsIGtleQ", "dGhpcyBpcyBub3QgYSByZWFsIGtleQ"),
        ("seed: abandon ability able about above absent", "abandon ability"),
    ),
    "names": (
        ("Kind regards, Aylin Demir", "Aylin Demir"), ("call Mr. Okonkwo back", "Okonkwo"),
        ("customer 王小明 complained", "王小明"),
    ),
    "addresses, phone numbers, e-mail": (
        ("deliver to 12 Rue Cler, Paris", "12 Rue Cler"), ("ring +49 30 5550100", "+49 30 5550100"),
        ("write to aylin@example.com", "aylin@example.com"), ("from 203.0.113.7", "203.0.113.7"),
    ),
    "card, account and identity numbers": (
        ("card 4111 1111 1111 1111", "4111 1111 1111 1111"), ("IBAN DE89370400440532013000", "DE89370400440532013000"),
        ("SSN 078-05-1120", "078-05-1120"),
    ),
    "secrets cut in two, or packed": (
        ("sk-proj-aB3dE5gH7j and K9mN1pQ2rS4tU6vW8x", "aB3dE5gH7j"),
        ("c2stcHJvai1hQjNkRTVnSDdqSzltTjFwUTJyUzR0VTY=", "c2stcHJvai1hQjNkRTVnSDdq"),
    ),
}  # fmt: skip


def samples() -> Iterator[Sample]:
    """The whole set."""
    for rule, secret in SECRETS:
        yield Sample(SHAPES[rule], spoken(rule, secret), secret)
    for text in FIELDS:
        yield Sample("values of secret fields", text, "correct horse")
    for kind, pairs in OTHERS.items():
        for text, secret in pairs:
            yield Sample(kind, text, secret)


def counts() -> dict[str, tuple[int, int]]:
    """Kind: how many are in the set, and of how many nothing is left."""
    found: dict[str, tuple[int, int]] = {}
    for kind, text, secret in samples():
        there, gone = found.get(kind, (0, 0))
        found[kind] = (there + 1, gone + (secret not in Cleaner().text(text)))
    return found


def table() -> str:
    """The rows of the page."""
    rows = ["| what | in the set | found |", "|---|---|---|"]
    rows += [f"| {kind} | {there} | {gone} |" for kind, (there, gone) in counts().items()]
    alike = sum(Cleaner().text(text) != text for text in LOOK_ALIKES)
    return (
        "\n".join([*rows, f"| look-alikes, to be left alone | {len(LOOK_ALIKES)} | {alike} |"])
        + "\n"
    )


def page(text: str) -> str:
    """The page with the table of today."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
