"""A pushed request counts only when Slack or GitHub signed exactly these bytes, just now."""

import pytest

from tailllm.channel.signed import from_github, from_slack

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
AT = 1531420618
RIGHT = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
"""The example of docs.slack.dev, "Verifying requests from Slack"."""


def heads(signature: str = RIGHT, at: str = str(AT)) -> dict[str, str]:
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}


def test_slacks_own_example_counts() -> None:
    assert from_slack(SECRET, heads(), BODY, now=AT + 299)


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        (heads(), BODY + b"x", AT),
        (heads(), BODY, AT + 301),
        (heads(), BODY, AT - 301),
        (heads(RIGHT[:-1] + "0"), BODY, AT),
        (heads(RIGHT.removeprefix("v0=")), BODY, AT),
        (heads("v0="), BODY, AT),
        (heads("v0=é"), BODY, AT),
        (heads(at="soon"), BODY, AT),
        (heads(at="-1"), BODY, AT),
        (heads(at="٣"), BODY, AT),
        (heads(at="9" * 400), BODY, AT),
        ({}, BODY, AT),
        (heads(), b"x" * (2 << 20), AT),
    ],
)
def test_anything_else_of_slack_does_not(headers: dict[str, str], body: bytes, now: int) -> None:
    assert not from_slack(SECRET, headers, body, now=now)


def test_githubs_own_example_counts_and_a_changed_body_does_not() -> None:
    secret = "It's a Secret to Everybody"
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert from_github(secret, {"x-hub-signature-256": signature}, b"Hello, World!")
    assert not from_github(secret, {"x-hub-signature-256": signature}, b"Hello, World?")
    assert not from_github(secret, {}, b"Hello, World!")
    assert not from_github("", {"x-hub-signature-256": signature}, b"Hello, World!")
