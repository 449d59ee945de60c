"""Validators of the answer's text: patterns, length, emptiness, refusal."""

from tailllm.config.refusals import OPENING, REFUSALS
from tailllm.config.specs import LengthSpec, NotEmptySpec, Pattern, RefusalSpec
from tailllm.errors import ConfigError
from tailllm.records.part import Fields
from tailllm.validators.answer import has_answer, of_text
from tailllm.validators.verdict import PASSED, Judge, Verdict, errored, failed


def pattern(spec: Pattern, *, wanted: bool) -> Judge:
    """`must_match` and `must_not_match`, with a search that ends in time.

    Raises:
        ConfigError: The pattern is no regular expression.
    """
    import regex

    flags = regex.IGNORECASE if spec.ignore_case else 0
    try:
        compiled = regex.compile(spec.pattern, flags)
    except regex.error as error:
        raise ConfigError(
            f"validator {spec.name!r}: pattern is no regular expression: {error}",
            fix="Correct pattern; a literal ( or [ needs a backslash before it.",
        ) from None
    timeout_s = spec.timeout_ms / 1000

    def judge(text: str) -> Verdict:
        try:
            hit = compiled.search(text, timeout=timeout_s, concurrent=True)
        except TimeoutError:
            return errored(f"the pattern took over {spec.timeout_ms:g} ms")
        if bool(hit) is wanted:
            return PASSED
        if hit is None:
            return failed(f"does not match {spec.pattern}")
        return failed(f"matches at character {hit.start() + 1}: {quote(hit.group())}")

    return of_text(judge)


def length(spec: LengthSpec) -> Judge:
    """Characters as Python counts them: code points."""

    def judge(text: str) -> Verdict:
        if spec.max is not None and len(text) > spec.max:
            return failed(f"{len(text)} characters, over {spec.max}")
        if spec.min is not None and len(text) < spec.min:
            return failed(f"{len(text)} characters, under {spec.min}")
        return PASSED

    return of_text(judge)


def not_empty(_spec: NotEmptySpec) -> Judge:
    """Text, a tool call or a refusal is an answer; blanks are not."""

    def judge(call: Fields) -> Verdict | None:
        if not has_answer(call):
            return None
        if call.get("tool_calls") or call.get("refusal"):
            return PASSED
        if (call.get("output_text") or "").strip():
            return PASSED
        return failed("neither text nor a tool call")

    return judge


def refusal(spec: RefusalSpec) -> Judge:
    """The wire's own word first, then the phrases."""
    phrases = tuple(_plain(phrase) for phrase in (*REFUSALS, *spec.phrases))

    def judge(call: Fields) -> Verdict | None:
        if not has_answer(call):
            return None
        verdict = _refuses(call, phrases)
        if not spec.wanted:
            return verdict
        return failed("the model did not refuse") if verdict.passed else PASSED

    return judge


def _refuses(call: Fields, phrases: tuple[str, ...]) -> Verdict:
    if call.get("refusal"):
        return failed(f"the model refused: {quote(str(call['refusal']))}")
    if call.get("finish_reason_raw") == "refusal":
        return failed("the model refused (finish reason refusal)")
    return _no_phrase(call.get("output_text") or "", phrases)


def _no_phrase(text: str, phrases: tuple[str, ...]) -> Verdict:
    opening = _plain(text[:OPENING])
    for phrase in phrases:
        if phrase in opening:
            return failed(f"opens with {quote(phrase)}")
    return PASSED


def _plain(text: str) -> str:
    return text.replace("’", "'").casefold()


def quote(text: str) -> str:
    """The text as Python writes it, cut to what fits a reason."""
    return repr(text if len(text) <= 80 else text[:79] + "…")
