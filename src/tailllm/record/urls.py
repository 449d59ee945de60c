"""Which requests are model calls, and what their address tells."""

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import NamedTuple

MODEL_CALLS = (
    "*/chat/completions",
    "*/v1/completions",
    "*/responses",
    "*/v1/messages",
    "*/embeddings",
)
"""Globs over the path; Azure's deployments end in the same words."""

_PROVIDERS = (
    ("api.openai.com", "openai"),
    ("api.anthropic.com", "anthropic"),
    (".openai.azure.com", "azure.ai.openai"),
    (".services.ai.azure.com", "azure.ai.inference"),
    ("api.mistral.ai", "mistral_ai"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.x.ai", "x_ai"),
    ("api.perplexity.ai", "perplexity"),
    ("api.cohere.com", "cohere"),
    (".googleapis.com", "gcp.gen_ai"),
)
"""End of the host name: `gen_ai.provider.name` of the OpenTelemetry conventions."""


class Target(NamedTuple):
    """A request's address, without what could be secret in it."""

    host: str
    path: str
    """Without the query, which may hold a key."""

    @property
    def operation(self) -> str:
        """The `gen_ai.operation.name`."""
        if self.path.endswith("/embeddings"):
            return "embeddings"
        return "text_completion" if self.path.endswith("/v1/completions") else "chat"

    @property
    def provider(self) -> str | None:
        """Who serves it, where the host or a path of one's own says so."""
        for end, name in _PROVIDERS:
            if self.host.endswith(end):
                return name
        return "anthropic" if self.path.endswith("/v1/messages") else None


def matcher(globs: Sequence[str]) -> re.Pattern[bytes]:
    """What recognises a model call by the raw path of its URL, query included."""
    bodies = (translate(glob).removesuffix(r"\Z").removesuffix(r"\z") for glob in globs)
    return re.compile("|".join(rf"(?:{body})(?:\?|\Z)" for body in bodies).encode())
