"""Secrets leave a log for the corpus as tags only: in text, in keys, in JSON inside strings.

Shapes of secrets are those of `tailllm.redact`; beside them a list of field names whose
value is a secret whatever it looks like, and the rules of `tailllm.toml`. Names, addresses
and other personal data are not looked for.
"""

import json
import re
from collections import Counter
from typing import Any

from tailllm.corpus.content import plain
from tailllm.corpus.rules import NONE, Rules, Spent, field_word, redacted
from tailllm.records.call import Call
from tailllm.redact import redact, tag

FIELD_RULE = "secret-field"
SECRET_FIELDS = frozenset(
    (
        "authorization",
        "proxy_authorization",
        "x_api_key",
        "api_key",
        "apikey",
        "openai_api_key",
        "anthropic_api_key",
        "cookie",
        "set_cookie",
        "password",
        "passwd",
        "passphrase",
        "secret",
        "client_secret",
        "secret_key",
        "private_key",
        "secret_access_key",
        "aws_secret_access_key",
        "access_token",
        "refresh_token",
        "id_token",
        "auth_token",
        "session_token",
        "bearer_token",
        "x_auth_token",
        "x_amz_security_token",
        "x_goog_api_key",
    )
)
"""Compared in small letters, `-` and spaces as `_`, capitals inside a word as a new word."""
NESTED_JSON = 4
"""How often JSON may stand in a string of JSON: tool arguments inside a recorded body are two."""

_TAG = re.compile(r"\[REDACTED:[\w-]+:[0-9a-f]{8}\]")
_NAMES = re.compile("|".join(name.replace("_", "[-_ ]?") for name in sorted(SECRET_FIELDS)), re.I)


class Cleaner:
    """Cleans everything of one mark, and counts what it found."""

    def __init__(self, rules: Rules = NONE, spent: Spent | None = None) -> None:
        """Begin with nothing found.

        Args:
            rules: Those of the config, beside the built-in ones.
            spent: The time another one has used for the same call.
        """
        self.fired: Counter[str] = Counter()
        """How often each rule fired, by the name that stands in the tags."""
        self._rules = rules
        self._spent = spent or Spent()

    @property
    def found(self) -> tuple[str, ...]:
        """The rules that found something."""
        return tuple(sorted(self.fired))

    def call(self, call: Call) -> Call:
        """A call without secrets, to be shown outside of the log."""
        cleaned: Call = Call.model_validate(self.value(plain(call)))
        return cleaned

    def value(self, value: Any, depth: int = 0) -> Any:
        """A value of decoded JSON without secrets, at every depth, keys included."""
        if isinstance(value, str):
            return self.text(value, depth)
        if isinstance(value, dict):
            return {
                self.text(str(name), NESTED_JSON): self._field(str(name), inner, depth)
                for name, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(inner, depth) for inner in value]
        return self._number(value) if self._rules.patterns else value

    def text(self, text: str, depth: int = 0) -> str:
        """A string without secrets; JSON in it stays JSON."""
        text, fired = redact(text)
        self.fired.update(fired)
        if depth < NESTED_JSON and text.lstrip()[:1] in ("{", "[") and self._may_hide(text):
            whole = self._json(text, depth + 1)
            if whole is not None:
                return whole
        return redacted(text, self._rules, self.fired, self._spent)

    def _may_hide(self, text: str) -> bool:
        """Whether JSON can hold what its text does not show."""
        own = self._rules.patterns or self._rules.fields
        return bool(own or _NAMES.search(text) or "\\u" in text or '\\"' in text)

    def _number(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        text = redacted(str(value), self._rules, self.fired, self._spent)
        return value if text == str(value) else text

    def line(self, line: bytes) -> bytes:
        """A log line without secrets; bytes that are no UTF-8 stay what they are."""
        text = line.decode("utf-8", "surrogateescape")
        cleaned = self.text(text)
        return line if cleaned == text else cleaned.encode("utf-8", "surrogateescape")

    def _json(self, text: str, depth: int) -> str | None:
        """Written anew only when something was found in it; None when it is no JSON."""
        try:
            value = json.loads(text)
            inner = Cleaner(self._rules, self._spent)
            cleaned = inner.value(value, depth)
        except (ValueError, RecursionError):
            return None
        if not inner.fired:
            return text
        self.fired.update(inner.fired)
        return json.dumps(cleaned, ensure_ascii=True, separators=(",", ":"))

    def _field(self, name: str, value: Any, depth: int) -> Any:
        word = field_word(name)
        rule = FIELD_RULE if word in SECRET_FIELDS else self._rules.fields.get(word)
        return self.value(value, depth) if rule is None else self._hidden(value, rule)

    def _hidden(self, value: Any, rule: str) -> Any:
        """The value of a secret field: every string and number in it, whatever it looks like."""
        if isinstance(value, dict):
            return {name: self._hidden(inner, rule) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._hidden(inner, rule) for inner in value]
        if value in (None, "", True, False) or (isinstance(value, str) and _TAG.search(value)):
            return value
        self.fired[rule] += 1
        return tag(rule, str(value))
