"""The forms in which providers write requests and answers, told apart by their shape.

A dialect that meets raw bodies asks here: nobody writes beside a body whose API it is of.
To add a form, write its module and its line in `FORMS`; narrow signs come before broad ones.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tailllm.dialects import anthropic_body, openai_body, responses_body, terms
from tailllm.dialects.decode import decode_text
from tailllm.dialects.values import mapping
from tailllm.records.part import Fields


class Form(NamedTuple):
    """One provider's form: how to know its bodies, and what they tell.

    An error is of no form: most providers write it alike.
    """

    name: str
    """Of the dialect whose lines hold such bodies."""
    is_request: Callable[[Any], bool]
    is_answer: Callable[[Any], bool]
    is_event: Callable[[Any], bool]
    """A piece of a streamed answer."""
    request: Callable[[dict[str, Any]], Fields]
    answer: Callable[[dict[str, Any]], Fields]
    events: Callable[[Iterable[Any]], Fields]
    speaks: Callable[[Any], bool]
    """Whether a piece carries any of the answer: the first that does is the first token."""
    ends: Callable[[Any], bool]
    """Whether no piece follows this one."""


MESSAGES = Form(
    "anthropic_messages",
    anthropic_body.is_request,
    anthropic_body.is_answer,
    anthropic_body.is_event,
    anthropic_body.request,
    anthropic_body.answer,
    anthropic_body.events,
    anthropic_body.speaks,
    anthropic_body.ends,
)
CHAT = Form(
    "openai_chat",
    openai_body.is_request,
    openai_body.is_answer,
    openai_body.is_chunk,
    openai_body.request,
    openai_body.answer,
    openai_body.chunks,
    openai_body.speaks,
    openai_body.ends,
)
RESPONSES = Form(
    "openai_responses",
    responses_body.is_request,
    responses_body.is_answer,
    responses_body.is_event,
    responses_body.request,
    responses_body.answer,
    responses_body.events,
    responses_body.speaks,
    responses_body.ends,
)
FORMS: tuple[Form, ...] = (MESSAGES, RESPONSES, CHAT)
_MET_SOON = 8
"""Events that other forms have too may open a stream."""


def opened(body: Any) -> Any:
    """A body as JSON: text is the raw text of a stream, or JSON in a string."""
    if not isinstance(body, str):
        return body
    start = body[:100].lstrip()
    if start.startswith(("data:", "event:", ":", "id:", "retry:")):
        return openai_body.events(body)
    return decode_text(body) if start.startswith(("{", "[")) else None


def form_of(asked: Any, answered: Any = None) -> Form | None:
    """The form of an exchange; an answer is a surer sign than a request."""
    for form in FORMS:
        if _is_answer(form, answered):
            return form
    return next((form for form in FORMS if form.is_request(asked)), None)


def request(body: Any) -> Fields:
    """What a request of any form tells; an unknown one is read as a chat completion."""
    body = opened(body)
    return (form_of(body) or CHAT).request(mapping(body))


def answer(body: Any, form: Form | None = None) -> Fields:
    """What an answer of any form tells: whole, or the events of a stream.

    Args:
        body: An object, a list of events, or the text of either.
        form: What the request says that it is, for an answer that does not say it.

    A stream that was cut is `incomplete`.
    """
    body = opened(body)
    if not isinstance(body, dict | list):
        return {}
    form = form_of(None, body) or form or CHAT
    if isinstance(body, list):
        return form.events(body)
    if is_error(body):
        return {"status": "error"} | terms.error_body(body)
    return form.answer(body)


def is_error(body: Any) -> bool:
    """Whether the body is a provider's error, of whatever form."""
    return openai_body.is_error(body)


def together(*found: Fields) -> Fields:
    """The fields of all; later ones win, metadata is of all."""
    fields: Fields = {}
    for more in found:
        metadata = mapping(fields.get("metadata")) | mapping(more.get("metadata"))
        fields |= more
        if metadata:
            fields["metadata"] = metadata
    return fields


def _is_answer(form: Form, body: Any) -> bool:
    if isinstance(body, list):
        return any(form.is_event(event) for event in body[:_MET_SOON])
    return form.is_answer(body)
