"""Whether a pushed request comes from Slack or GitHub, for those who have an endpoint.

tailllm itself listens to nobody; these are functions for your own server.
"""

import hmac
import time
from collections.abc import Mapping
from hashlib import sha256

WINDOW_S = 300
"""Seconds around now in which a signature of Slack counts; an older one is a replay."""
MOST_BYTES = 1 << 20


def from_slack(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None
) -> bool:
    """Whether Slack signed this body just now.

    Args:
        secret: The app's signing secret.
        headers: Of the request; upper and lower case do not matter.
        body: Exactly as received.
        now: Seconds since the epoch.

    Returns:
        False for anything that is missing, old, changed or too long.

    Source:
        docs.slack.dev, "Verifying requests from Slack".
    """
    found = _lower(headers)
    at, signature = found.get("x-slack-request-timestamp", ""), found.get("x-slack-signature", "")
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        return False
    if abs((time.time() if now is None else now) - int(at)) > WINDOW_S:
        return False
    return _is_right(secret, f"v0:{at}:".encode() + body, signature, "v0=", body)


def from_github(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether GitHub signed this body. It has no time in it: know `X-GitHub-Delivery` again.

    Args:
        secret: The webhook's secret.
        headers: Of the request; upper and lower case do not matter.
        body: Exactly as received.

    Source:
        docs.github.com, "Validating webhook deliveries".
    """
    return _is_right(secret, body, _lower(headers).get("x-hub-signature-256", ""), "sha256=", body)


def _is_right(secret: str, signed: bytes, signature: str, prefix: str, body: bytes) -> bool:
    if not secret or len(body) > MOST_BYTES or not signature.startswith(prefix):
        return False
    right = prefix + hmac.new(secret.encode(), signed, sha256).hexdigest()
    return hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
