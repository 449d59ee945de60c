"""What of a call can be judged.

The rule, for every validator:

- A call that is still `partial` is not judged; it is judged when it is done.
- A call that ended in an error has no answer: the validators of answers say nothing about it
  (a 429 is not an empty answer). Limits of time may fail it, never pass it.
- What the log does not give is not judged: no verdict, and never a pass.
- An answer the log's writer cut (`content` is `truncated`) is errored: nobody knows the rest.
- A turn that only calls tools has no text, so the validators of text say nothing about it.
"""

from collections.abc import Callable

from tailllm.records.part import Fields
from tailllm.validators.verdict import Judge, Verdict, errored

ANSWERING = frozenset({"chat", "text_completion", "generate_content"})
"""Operations that end in text or tool calls; others (embeddings) have no answer to judge."""


def has_answer(call: Fields) -> bool:
    """Whether the model answered and the log says what."""
    if call.get("state") == "partial" or call.get("status") == "error":
        return False
    if call.get("operation_name") not in ANSWERING | {None}:
        return False
    said = call.get("output_text") or call.get("tool_calls") or call.get("refusal")
    if said or call.get("output_text") is not None:
        return bool(said) or shows_all(call)
    return call.get("status") in {"ok", "incomplete"} and shows_all(call)


def shows_all(call: Fields) -> bool:
    """Whether the log holds the whole content: only then nothing means empty."""
    return str(call.get("content", "full")) == "full"


def text(call: Fields) -> str | None:
    """The text to judge; None when the answer is only tool calls."""
    said: str = call.get("output_text") or ""
    if said or not call.get("tool_calls"):
        return said
    return None


def of_text(judge_text: Callable[[str], Verdict]) -> Judge:
    """A judge of calls from a judge of texts, by the rule above."""

    def judge(call: Fields) -> Verdict | None:
        if not has_answer(call):
            return None
        said = text(call)
        if said is None:
            return None
        if call.get("content") == "truncated":
            return errored("the log holds only the start of the answer")
        verdict = judge_text(said)
        if verdict.passed is False and not said and call.get("refusal"):
            return verdict._replace(why=f"{verdict.why} (the model refused)")
        return verdict

    return judge
