"""Secrets in text become tags: what a key opened must not be readable in a log.

A small set of shapes that are hardly ever anything else, so it can be on by default. It
does not find personal data, nor a password that looks like a word. The tag
`[REDACTED:openai-key:ab12cd34]` names the rule and the first 8 hex digits of the secret's
SHA-256: the same secret gives the same tag, so two places can still be told to hold one key.

Every pattern runs in time linear in the text, whatever the text: a run of characters is
entered at its start only, and quantifiers are possessive or bounded.
"""

import re
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

# A key may follow an escape of JSON ("\n", "=") as well as anything that is no word.
_START = r"(?:(?<![\w-])|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4}))"
_URL_STAND_INS = ("$", "<", "{", "*", "%", "[")


class _Rule(NamedTuple):
    """One shape of a secret; group 1 is the secret."""

    name: str
    hints: tuple[str, ...]
    """One of these is in every text the pattern matches, and is cheap to look for."""
    pattern: re.Pattern[str]
    accept: Callable[[str], bool]
    """The last word on a match, for what a pattern cannot say in linear time."""


def _always(_secret: str) -> bool:
    return True


def _random(secret: str) -> bool:
    """Mixed as no words are; `sk-` also begins the names of many things.

    Either both cases and digits, or one long stretch of letters and digits.
    """
    rest = secret[3:]
    if not (any(c.isdigit() for c in rest) and any(c.isalpha() for c in rest)):
        return False
    mixed = rest != rest.lower() and rest != rest.upper()
    return mixed or any(
        len(word) >= 16 and not word.isalpha() and not word.isdigit()
        for word in re.split(r"[^A-Za-z0-9]", rest)
    )


def _is_key_block(block: str) -> bool:
    """Base64 between the lines, and not prose about them."""
    return any(len(word) >= 16 for word in re.split(r"[^A-Za-z0-9+/=]+", block[40:]))


def _is_password(secret: str) -> bool:
    return not secret.startswith(_URL_STAND_INS)


def _is_chosen(secret: str) -> bool:
    """Letters and digits, as passwords must have and words have not."""
    return any(c.isdigit() for c in secret) and any(c.isalpha() for c in secret)


def _rule(
    name: str, hints: str, pattern: str, accept: Callable[[str], bool] = _always, flags: int = 0
) -> _Rule:
    return _Rule(name, tuple(hints.split("|")), re.compile(pattern, flags | re.ASCII), accept)


RULES = (
    _rule(
        "private-key",
        "PRIVATE KEY",
        r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:Proc-Type|DEK-Info|Version|Comment): [\w,.() /-]{0,80}"
        r"|[A-Za-z0-9+/=\s]|\\{1,8}[nrt])*+"
        r"(?:-----END [A-Z0-9 ]{0,60}-----)?)",
        _is_key_block,
    ),
    _rule("anthropic-key", "sk-ant-", _START + r"(sk-ant-[\w-]{20,}+)", _random),
    _rule(
        "openai-key", "sk-", _START + r"(sk-(?:proj-|svcacct-|admin-|None-)?[\w-]{20,}+)", _random
    ),
    _rule("aws-key-id", "AKIA|ASIA", _START + r"((?:AKIA|ASIA)[A-Z2-7]{16})(?![\w-])"),
    _rule(
        "aws-secret-key",
        "ecret_a|ecretA|ECRET_A",
        r"secret_?access_?key[\\\"' ]{0,6}[=:][\\\"' ]{0,6}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        _random,
        re.IGNORECASE,
    ),
    _rule(
        "github-token",
        "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_",
        _START + r"(gh[pousr]_[A-Za-z0-9]{36,}+|github_pat_\w{22,}+)",
    ),
    _rule("gitlab-token", "glpat-", _START + r"(glpat-[\w-]{20,}+)"),
    _rule(
        "slack-token",
        "xox|xapp-",
        _START + r"((?:xox[abeoprs](?:\.xox[bp])?|xapp)-[A-Za-z0-9-]{10,}+)",
        _random,
    ),
    _rule(
        "slack-webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com/services/(T\w{6,}+/B\w{6,}+/\w{16,}+)",
    ),
    _rule("google-key", "AIza", _START + r"(AIza[\w-]{35})(?![\w-])"),
    _rule("stripe-key", "k_live_|k_test_", _START + r"([rs]k_(?:live|test)_[A-Za-z0-9]{16,}+)"),
    _rule("huggingface-token", "hf_", _START + r"(hf_[A-Za-z0-9]{30,}+)", _random),
    _rule("npm-token", "npm_", _START + r"(npm_[A-Za-z0-9]{36,}+)", _random),
    _rule("sendgrid-key", "SG.", _START + r"(SG\.[\w-]{16,}+\.[\w-]{16,}+)"),
    _rule("groq-key", "gsk_", _START + r"(gsk_[A-Za-z0-9]{40,}+)", _random),
    _rule("google-token", "ya29.", _START + r"(ya29\.[\w-]{20,}+)"),
    _rule("jwt", "eyJ", _START + r"(eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8,}+)"),
    _rule(
        "bearer-token",
        "earer|EARER",
        _START + r"bearer(?:\s|\\[nt]){1,4}([A-Za-z0-9._~+/-]{16,}+={0,4})",
        _random,
        re.IGNORECASE,
    ),
    _rule(
        "basic-auth",
        "uthorization|UTHORIZATION",
        r"authorization[\\\"' ]{0,6}[=:][\\\"' ]{0,6}"
        r"(?:basic|token|digest) {1,4}([A-Za-z0-9._+/=-]{8,}+)",
        _random,
        re.IGNORECASE,
    ),
    _rule(
        "cookie", "ookie:", _START + r"cookie: {0,4}([\w.-]{1,64}=[^\r\n\"\\,]{8,}+)", flags=re.I
    ),
    _rule(
        "assigned-secret",
        "assw|ASSW|ecret|ECRET|pi_key|PI_KEY|pikey|PIKEY|piKey|ss_token|th_token|sh_token|SS_TOKEN|TH_TOKEN|SH_TOKEN|ccountKey",
        r"(?:passw(?:or)?d|secret|api_?key|(?:access|auth|refresh)_token|accountkey)"
        r"(?:=|: ?)[\\\"']{0,2}(?![0-9a-f]{8}\])([^\s\"'\\&;,<>(){}\[\]$*%]{6,}+)",
        _is_chosen,
        re.IGNORECASE,
    ),
    _rule(
        "url-password",
        "://",
        r"://[^\s/:@\"'\\<>]{0,64}:([^\s/:@\"'\\<>]{3,256})@[\w\[]",
        _is_password,
    ),
)
"""In the order they are tried; a tag is never matched again."""

_RARE = "-_JGK/A"
"""Characters that texts hardly hold; one is found many times faster than a word."""
_LOOKS = 16
"""Where a rare character is frequent, the word itself is looked for after so many."""


class _Hint(NamedTuple):
    text: str
    ahead: int
    """Characters of it that stand before the rare one."""
    place: int
    """Of its rule."""


def _by_rare() -> "dict[str, dict[str, list[_Hint]]]":
    """Rare character: character before it, or none where a hint begins with it: hints."""
    found: dict[str, dict[str, list[_Hint]]] = {char: {} for char in _RARE}
    for place, rule in enumerate(RULES):
        for text in rule.hints:
            char = next((char for char in _RARE if char in text), None)
            if char is not None:
                ahead = text.index(char)
                before = text[ahead - 1] if ahead else ""
                found[char].setdefault(before, []).append(_Hint(text, ahead, place))
    return found


_BY_RARE = _by_rare()
_PLAIN = [
    (hint, place)
    for place, rule in enumerate(RULES)
    for hint in rule.hints
    if not set(hint) & set(_RARE)
]


def redact(text: str) -> tuple[str, Counter[str]]:
    """The text with a tag in place of every secret.

    Returns:
        The text, and how often each rule fired. Neither quotes nor backslashes are taken,
        except a private key's own escaped line ends, so JSON stays JSON.
    """
    fired: Counter[str] = Counter()
    for place in sorted(_hinted(text)):
        text = _apply(RULES[place], text, fired)
    return text, fired


def _hinted(text: str) -> set[int]:
    """Places of the rules that may fire. This runs over all that is recorded: plain loops."""
    found = {place for hint, place in _PLAIN if hint in text}
    for char, hints in _BY_RARE.items():
        at, looks = text.find(char), 0
        while at >= 0 and looks < _LOOKS:
            found |= _hinted_at(at, text, hints)
            at, looks = text.find(char, at + 1), looks + 1
        if at >= 0:
            found |= {hint.place for hint in chain(*hints.values()) if hint.text in text}
    return found


def _hinted_at(at: int, text: str, hints: dict[str, list[_Hint]]) -> set[int]:
    """Places of the rules whose hints stand around a rare character."""
    near = [*hints.get(text[at - 1 : at], ()), *hints.get("", ())]
    return {hint.place for hint in near if text.startswith(hint.text, at - hint.ahead)}


def tag(rule: str, secret: str) -> str:
    """What stands in the place of a secret."""
    digest = sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"[REDACTED:{rule}:{digest}]"


def _apply(rule: _Rule, text: str, fired: Counter[str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        secret = match[1]
        if not rule.accept(secret) or secret.startswith("[REDACTED:"):
            return match[0]
        fired[rule.name] += 1
        start, end = match.start(1) - match.start(), match.end(1) - match.start()
        return match[0][:start] + tag(rule.name, secret) + match[0][end:]

    return rule.pattern.sub(replaced, text)
