"""All kinds of validators: one list for the live view, the recorder and the evals."""

from typing import Annotated

from pydantic import Field

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
