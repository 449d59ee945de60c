"""All kinds of validators: one list for the live view, the recorder and the evals."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import Field, ValidationError

from tailllm.config import graders, specs
from tailllm.config.specs import Validator

ValidatorSpec = Annotated[
    specs.JsonSpec
    | specs.JsonSchemaSpec
    | specs.MustMatchSpec
    | specs.MustNotMatchSpec
    | specs.LengthSpec
    | specs.NotEmptySpec
    | specs.RefusalSpec
    | specs.FinishReasonSpec
    | specs.ToolArgumentsSpec
    | specs.MaxLatencySpec
    | specs.MaxTtftSpec
    | specs.MaxTokensSpec
    | specs.PythonSpec
    | graders.EqualsSpec
    | graders.NotEqualsSpec
    | graders.ContainsSpec
    | graders.NotContainsSpec
    | graders.StartsWithSpec
    | graders.NotStartsWithSpec
    | graders.RegexSpec
    | graders.NotRegexSpec
    | graders.SimilaritySpec
    | graders.NotSimilaritySpec
    | graders.JmespathSpec
    | graders.LanguageSpec
    | graders.ToolCallSpec
    | graders.NotToolCallSpec
    | graders.PydanticSpec
    | graders.RubricSpec,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[Validator]] = {
    "json": specs.JsonSpec,
    "json_schema": specs.JsonSchemaSpec,
    "pydantic": graders.PydanticSpec,
    "jmespath": graders.JmespathSpec,
    "equals": graders.EqualsSpec,
    "not_equals": graders.NotEqualsSpec,
    "contains": graders.ContainsSpec,
    "not_contains": graders.NotContainsSpec,
    "starts_with": graders.StartsWithSpec,
    "not_starts_with": graders.NotStartsWithSpec,
    "must_match": specs.MustMatchSpec,
    "must_not_match": specs.MustNotMatchSpec,
    "regex": graders.RegexSpec,
    "not_regex": graders.NotRegexSpec,
    "similarity": graders.SimilaritySpec,
    "not_similarity": graders.NotSimilaritySpec,
    "language": graders.LanguageSpec,
    "length": specs.LengthSpec,
    "not_empty": specs.NotEmptySpec,
    "refusal": specs.RefusalSpec,
    "finish_reason": specs.FinishReasonSpec,
    "tool_arguments": specs.ToolArgumentsSpec,
    "tool_call": graders.ToolCallSpec,
    "not_tool_call": graders.NotToolCallSpec,
    "max_latency": specs.MaxLatencySpec,
    "max_ttft": specs.MaxTtftSpec,
    "max_tokens": specs.MaxTokensSpec,
    "python": specs.PythonSpec,
    "rubric": graders.RubricSpec,
}


def spec(kind: str, parameters: Mapping[str, Any], *, folder: Path) -> ValidatorSpec:
    """One validator that is written elsewhere than in the config, such as a check of a case.

    Args:
        folder: Where its relative paths start.

    Raises:
        ValueError: There is no such kind, or it does not take these parameters; one line.
    """
    if kind not in KINDS:
        near = get_close_matches(kind, KINDS, n=1, cutoff=0.5)
        hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(KINDS)}"
        msg = f"unknown check type {kind!r}; {hint}"
        raise ValueError(msg)
    given = {"name": kind, **parameters, "kind": kind}
    try:
        # The one class, not the union of all: building that is half of a replay's start.
        found = KINDS[kind].model_validate(given, context={"folder": folder})
        return cast("ValidatorSpec", found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        msg = f"check {kind}: {where + ': ' if where else ''}{what}"
        raise ValueError(msg) from None
