"""docs/configuration.md, written from the docstrings of the config.

python -m tailllm.config.manual > docs/configuration.md
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from textwrap import dedent, indent

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tailllm.config.channels import CHANNELS, Hosted, SyncSettings, Words
from tailllm.config.dialects import DialectSpec
from tailllm.config.kinds import KINDS
from tailllm.config.model import Config, Display, Thresholds
from tailllm.config.redaction import RedactSpec
from tailllm.config.refusals import REFUSALS
from tailllm.config.specs import Validator, When
from tailllm.config.targets import TARGETS, Endpoint, EvalSettings, Target

INTRO = """\
# Configuration

tailllm works without a config file.
With one, it checks every answer and remembers how you like the screens.

The file is called `tailllm.toml` and is looked for in the current folder and then upward; `--config FILE` or `$TAILLLM_CONFIG` name another.
Unknown keys are refused with a hint, so a typing mistake is never silent.
Paths in the file start at the folder of the file.
This page is written from the docstrings of the code by `python -m tailllm.config.manual`.

A whole example:

```toml
"""  # noqa: E501  one sentence a line

EXAMPLE = """\
corpus = "evals/corpus"
by = "ana"

[thresholds]
slow_ms = 5000

[display]
theme = "dark"

[keys]
"call.mark" = "x"

[prompts]
billing = "prompts/billing.txt"

[filters]
hurt = "status:fail|error prompt:billing*"

[dialects.till]
match = "event == 'ask_model'"
time = "at"
latency_s = "took"
model = "bot.model"
messages = "bot.asked"
output = "bot.said"
input_tokens = "bot.cost.in"
output_tokens = "bot.cost.out"

[[validators]]
name = "reply_json"
kind = "json_schema"
fences = true
when = { prompt = "route_intent@*" }

[validators.schema]
type = "object"
required = ["intent"]
properties.intent.enum = ["refund", "status", "cancel", "other"]

[[validators]]
name = "no_promise"
kind = "must_not_match"
pattern = '(?i)we (will|can) refund'
when = { prompt = ["billing", "support_*"], model = "gpt-4o*" }

[[validators]]
name = "short"
kind = "length"
max = 600

[[validators]]
name = "tools"
kind = "tool_arguments"

[[validators]]
name = "fast"
kind = "max_latency"
ms = 8000

[[redact]]
name = "ticket"
pattern = '\\bTCK-\\d{6}\\b'

[[redact]]
name = "customer"
fields = ["phone", "iban"]

[targets.support]
kind = "openai"
model = "gpt-4o-mini"
key = "OPENAI_API_KEY"
prod_data_ok = true
prompt = "prompts/support.md"
parameters = { temperature = 0 }

[targets.judge]
kind = "anthropic"
model = "claude-sonnet-4-5"
key = "ANTHROPIC_API_KEY"
prod_data_ok = true

[eval]
target = "support"
judge = "judge"

[[validators]]
name = "answers_every_question"
kind = "python"
call = "our_checks:every_question"
timeout_ms = 500
"""

RULES = """\
## What is judged

A verdict is *passed*, *failed* or *errored*; failed and errored always have a reason.
Verdicts that are in the log already stay as they are, beside yours.

- A call that is not finished yet is judged when it is.
- A call that ended in an error has no answer, so the validators of answers say nothing about it: a 429 is not an empty answer. Limits of time can fail it and never pass it.
- What the log does not give is not judged: there is no verdict, and never a pass.
- An answer the log holds only the start of is errored: nobody knows the rest.
- A turn that only calls tools has no text, so the validators of text say nothing about it.
- A refusal is judged as the empty text it comes with, except by `not_empty` (it is an answer) and `refusal`.
- Embeddings and other operations without an answer are not judged.
- A validator that raises, or runs over its time, is errored and never a pass.

A `tailllm.toml` with a `python` validator runs code, and one with a channel sends a token.
One that was found (not named with `--config`) is refused when it belongs to another user or when everybody can write it or its folder.
"""  # noqa: E501


def render() -> str:
    """The whole page."""
    sections = [INTRO + EXAMPLE + "```", *_sections(), RULES.strip()]
    return "\n\n".join(sections) + "\n"


def _sections() -> Iterator[str]:
    yield _section(
        "## At the top of the file", Config, skip={"thresholds", "display", "eval", "sync"}
    )
    yield _section("## `[thresholds]`", Thresholds)
    yield _section("## `[display]`", Display)
    yield _section("## `[[validators]]`", Validator)
    yield _section("## `when`", When)
    yield _section("## `[[redact]]`", RedactSpec)
    yield _section("## `[dialects.NAME]`", DialectSpec)
    yield _section("## `[eval]`", EvalSettings)
    yield _section("## `[targets.NAME]`", Target)
    yield _section(
        "### Behind HTTP (`openai`, `anthropic`, `http`)", Endpoint, skip=set(Target.model_fields)
    )
    for kind, target in TARGETS.items():
        known = set(Endpoint.model_fields if issubclass(target, Endpoint) else Target.model_fields)
        yield _section(f'### `kind = "{kind}"`', target, skip=known | {"kind"})
    yield from _channels()
    yield "## Kinds of validators"
    shared = set(Validator.model_fields) | {"kind"}
    for kind, spec in KINDS.items():
        yield _section(f"### `{kind}`", spec, skip=shared)
        if kind == "refusal":
            yield f"Built in: {'; '.join(REFUSALS)}."


def _channels() -> Iterator[str]:
    yield _section("## `[sync]`", SyncSettings, skip={"words"})
    yield _section("### `[sync.words]`", Words)
    yield "## `[channels.NAME]`\n\nWhere people drop what was strange: [the channel](channel.md)."
    yield _section("### Behind HTTP (`slack`, `github`)", Hosted)
    for kind, channel in CHANNELS.items():
        known = set(Hosted.model_fields) - {"url"} if issubclass(channel, Hosted) else set()
        yield _section(f'### `kind = "{kind}"`', channel, skip=known | {"kind"})


def _section(
    title: str, model: type[BaseModel], skip: frozenset[str] | set[str] = frozenset()
) -> str:
    lines = [title, "", *_sentences(dedent(model.__doc__ or ""))]
    words = _docstrings(model)
    rows = [
        _row(field.alias or name, field, words.get(name, ""))
        for name, field in model.model_fields.items()
        if name not in skip
    ]
    if rows:
        lines += ["", "| key | default | meaning |", "|---|---|---|", *rows]
    return "\n".join(lines)


def _row(name: str, field: FieldInfo, words: str) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if field.is_required() and default is PydanticUndefined:
        shown = "must be given"
    else:
        shown = "" if default in (None, (), {}) else f"`{_toml(default)}`"
    return f"| `{name}` | {shown} | {' '.join(words.split())} |"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}"


def _sentences(text: str) -> list[str]:
    """Paragraphs joined into one line each, as Markdown likes it."""
    paragraphs = text.strip().split("\n\n")
    joined = [" ".join(dedent(indent(text, "")).split()) for text in paragraphs]
    return "\n\n".join(joined).split("\n")


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The string under each field, of the class and of those above it."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if not owner.__module__.startswith("tailllm.config"):
            continue
        body = ast.parse(dedent(inspect.getsource(owner))).body[0]
        assert isinstance(body, ast.ClassDef)  # noqa: S101 -- the source of a class
        for field, words in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(words, ast.Expr):
                found[ast.unparse(field.target)] = inspect.cleandoc(ast.literal_eval(words.value))
    return found


if __name__ == "__main__":
    sys.stdout.write(render())
