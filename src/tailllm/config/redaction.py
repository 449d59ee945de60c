"""What `[[redact]]` may say."""

from typing import Self

from pydantic import Field, field_validator, model_validator

from tailllm.config.specs import Section, one_or_many


class RedactSpec(Section):
    """What is a secret in your house, beside the built-in shapes and field names.

    A rule has either a pattern or fields. What it finds becomes `[REDACTED:name:ab12cd34]`
    in marks, reports, exports, the clipboard, the pager and plain text. All rules together
    have one second for one call; a call they do not finish is not kept.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    """Stands in the tags: small letters, digits and `-`."""
    pattern: str | None = Field(default=None, min_length=1)
    """A regular expression (syntax of the `regex` package); with a group, group 1 is the secret."""
    ignore_case: bool = False
    """Whether upper and lower case are the same in `pattern`."""
    fields: tuple[str, ...] = ()
    """Names whose value is a secret whatever it looks like: `["iban", "phone"]`.

    `phoneNumber`, `phone-number` and `Phone Number` are the name `phone_number`.
    """

    _lists = field_validator("fields", mode="before")(one_or_many)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.pattern is None) == (not self.fields):
            msg = "give either pattern or fields"
            raise ValueError(msg)
        return self
