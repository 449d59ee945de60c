"""Which language a text is in, as far as script and common words tell."""

from functools import cache
from typing import Any

from tailllm.config.graders import LanguageSpec
from tailllm.config.languages import CYRILLIC, SCRIPTS, WORDS
from tailllm.validators.answer import of_text
from tailllm.validators.verdict import PASSED, Judge, Verdict, errored, failed

LOOKED_AT = 4000
"""Characters that are looked at: more of them would not change the answer."""
ENOUGH = 2
"""Known words below which nobody can tell."""
SCRIPT_SHARE = 0.2
"""Share of the letters from which on a script decides: names of products stay Latin."""


def language(spec: LanguageSpec) -> Judge:
    """The text is in one of the languages; errored when nobody can tell."""

    def judge(text: str) -> Verdict:
        found = detect(text[:LOOKED_AT])
        if not found:
            return errored("too few known words to tell the language")
        if set(found) & set(spec.value):
            return PASSED
        return failed(f"the answer is in {' or '.join(found)}, not {' or '.join(spec.value)}")

    return of_text(judge)


def detect(text: str) -> tuple[str, ...]:
    """The likeliest language; several when they are as likely, none when nobody can tell."""
    letters = len(_compiled(r"\p{L}").findall(text))
    for code, script in SCRIPTS.items():
        if letters and len(_compiled(script).findall(text)) >= SCRIPT_SHARE * letters:
            return (code,)
    words = _compiled(r"[\p{L}\p{M}]+").findall(text.casefold())
    cyrillic = len(_compiled(r"\p{Cyrillic}").findall(text)) > letters / 2
    return _best(words, CYRILLIC if cyrillic else WORDS)


def _best(words: list[str], profiles: dict[str, str]) -> tuple[str, ...]:
    scores = {code: sum(word in known for word in words) for code, known in _sets(profiles).items()}
    most = max(scores.values())
    if most < ENOUGH:
        return ()
    return tuple(code for code, score in scores.items() if score == most)


def _sets(profiles: dict[str, str]) -> dict[str, frozenset[str]]:
    return {code: _words(text) for code, text in profiles.items()}


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@cache
def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern)
