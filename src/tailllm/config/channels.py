"""What `[channels.NAME]` and `[sync]` may say: where reports come from, and what goes back."""

import re
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from tailllm.config.specs import Globs, Section, beside_the_file, one_or_many
from tailllm.config.targets import ENV, straight

EMOJI = r"^[a-z0-9_+'-]+$"
APPROVING = frozenset(
    {"white_check_mark", "heavy_check_mark", "ballot_box_with_check", "+1", "thumbsup", "ok"}
    | {"ok_hand", "100", "tada", "rocket", "heart", "hooray", "heavy_plus_sign"}
)
"""Reactions that people read as "somebody agrees", which nobody has said yet."""
WORDS = frozenset({"case", "why", "where", "reporter"})


class Channel(Section):
    """A place where people drop what was strange, by a name of your own."""


class Hosted(Channel):
    """A channel behind HTTP. Nothing is ever sent anywhere but to the `url` written here."""

    url: str
    """Where requests go. No redirect is followed, and no proxy of the environment is used."""
    token: str = Field(pattern=ENV)
    """Name of the environment variable with the token; the token never stands in a file."""
    timeout_s: float = Field(default=20, gt=0, le=120)
    """Seconds one request may take, from the first byte sent to the last one received."""
    ca_file: str | None = None
    """Certificates to trust instead of the usual ones. Checking cannot be turned off."""
    proxy: str | None = None
    """A proxy, if requests must take one."""
    tell: bool = True
    """Whether reporters are told what became of it."""

    _straight = field_validator("url")(straight)
    _ca_beside = field_validator("ca_file")(
        lambda value, info: None if value is None else beside_the_file(value, info)
    )


class SlackChannel(Hosted):
    """A channel of Slack, read by polling: no public address is needed.

    An internal app with a bot token and the scopes `channels:history` (`groups:history` for
    a private channel), `chat:write`, `reactions:read`, `reactions:write` and `users:read`,
    invited into the channel, is all it takes.
    """

    kind: Literal["slack"]
    url: str = "https://slack.com/api"
    channel: str = Field(pattern=r"^[CGD][A-Z0-9]{2,}$")
    """Id of the channel (`C…`); its "About" box shows it."""
    every_message: bool = True
    """Whether each message is a report. Else only those with the reaction of `weird` are."""
    weird: str = Field(default="weird", pattern=EMOJI)
    """The reaction that makes a report of any message, replies included."""
    ack: str = Field(default="inbox_tray", pattern=EMOJI)
    """The reaction that says "it has come in". One that reads as approval is refused."""
    page: int = Field(default=15, ge=1, le=999)
    """Messages asked for at once. 15 is what Slack allows every app."""
    back_h: float = Field(default=24, ge=0, le=24 * 30)
    """Hours of messages that are read again for edits, deletions, replies and reactions."""
    first_h: float = Field(default=24 * 7, ge=0)
    """Hours of messages that the very first sync reads."""

    @field_validator("ack")
    @classmethod
    def _approves_nothing(cls, name: str) -> str:
        if name in APPROVING:
            msg = f"people read :{name}: as approval; inbox_tray and eyes are read as seen"
            raise ValueError(msg)
        return name


class GitHubChannel(Hosted):
    """Issues of a GitHub repository with a label."""

    kind: Literal["github"]
    url: str = "https://api.github.com"
    repo: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$")
    """`owner/name`."""
    label: str = Field(default="weird", min_length=1)
    """Issues with this label are reports."""
    page: int = Field(default=100, ge=1, le=100)
    """Issues asked for at once."""


class MailChannel(Channel):
    """A mail folder that something else fills: a maildir, or a file in mbox form."""

    kind: Literal["mail"]
    path: str
    """The maildir, or the mbox file; only read."""

    _beside = field_validator("path")(beside_the_file)


class FolderChannel(Channel):
    """A folder of text and JSON files, each of them a report; only read."""

    kind: Literal["folder"]
    path: str
    """The folder. Files whose name begins with a dot are left alone."""

    _beside = field_validator("path")(beside_the_file)


ChannelSpec = Annotated[
    SlackChannel | GitHubChannel | MailChannel | FolderChannel, Field(discriminator="kind")
]

CHANNELS: dict[str, type[Channel]] = {
    "slack": SlackChannel,
    "github": GitHubChannel,
    "mail": MailChannel,
    "folder": FolderChannel,
}


class Words(Section):
    """What reporters are told. An empty text tells nothing.

    `{case}` is the short id of the case, `{why}` the reason of a dismissal, `{where}` the
    commit and the prompt version as far as they are known, `{reporter}` who reported it.
    The interaction itself is never told.
    """

    accepted: str = (
        "Thank you. This is case {case} now: every change of the prompt is tested on it."
    )
    dismissed: str = "Thank you. We looked at it and left it as it is: {why}"
    duplicate: str = "Thank you. Case {case} covers this already."
    fixed: str = "Case {case} passes now{where}."
    broke: str = "Case {case} fails again{where}. We are on it."

    @field_validator("*")
    @classmethod
    def _known(cls, text: str, info: ValidationInfo) -> str:
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as error:
            raise ValueError(f"not a template: {error}") from error
        unknown = sorted(names - WORDS)
        if unknown:
            msg = f"{{{unknown[0]}}} means nothing: use {', '.join(sorted(WORDS))}"
            raise ValueError(msg)
        return text


class SyncSettings(Section):
    """How `tailllm sync` works."""

    logs: Globs = ()
    """Logs (paths, globs) in which the call of a report is looked for."""
    every_s: float = Field(default=60, ge=1, le=86_400)
    """Seconds between two rounds of `--watch`."""
    patience_s: float = Field(default=30, ge=0, le=3_600)
    """Seconds a sync waits for a server that is down or throttles, before it goes on."""
    words: Words = Words.model_construct()

    _lists = field_validator("logs", mode="before")(one_or_many)

    @field_validator("logs")
    @classmethod
    def _beside(cls, value: Globs, info: ValidationInfo) -> Globs:
        return tuple(beside_the_file(glob, info) for glob in value)


NAME = re.compile(r"[\w-]{1,40}")
"""A name of a channel; it stands in every record."""
