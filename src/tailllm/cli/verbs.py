"""The commands of the program, what each does in a line, and the module that knows it."""

from importlib import import_module
from typing import Any, NamedTuple


class Verb(NamedTuple):
    """One command. Its module is loaded when somebody names it: two dozen take longer than one."""

    module: str
    help: str

    def load(self) -> Any:
        """The module: EXAMPLES, `add` and `run`."""
        return import_module(f"tailllm.cli.{self.module}")


VERBS = {
    "follow": Verb("follow", "Follow logs live; this is what `tailllm PATH` does."),
    "demo": Verb("demo", "Follow simulated traffic: the two-minute tour."),
    "calls": Verb(
        "calls", "Print the calls, one JSON object per line, in the order of their start."
    ),
    "stats": Verb("stats", "Count calls, errors, failures, tokens and percentiles."),
    "show": Verb("show", "Show one call: what the model saw and what it said."),
    "sql": Verb("sql", "Answer a SELECT over the tables calls and evaluations."),
    "changed": Verb(
        "changed",
        "Say what changed at a moment, between two stretches of time or with a prompt version.",
    ),
    "groups": Verb(
        "groups", "Share calls out by a field, each group beside itself in the window before."
    ),
    "prompts": Verb(
        "prompts",
        "List every prompt version with its numbers beside its predecessor's, or diff two.",
    ),
    "diff": Verb(
        "pairs",
        "Compare two calls: messages, tools, parameters, answer, and where their prompts part.",
    ),
    "conversation": Verb(
        "conversation",
        "Show a conversation: its calls in order, where it first went wrong, its tool loops.",
    ),
    "variants": Verb(
        "variants",
        "Find inputs that were answered several times: do the texts differ, do the verdicts?",
    ),
    "timeline": Verb("timeline", "Show calls, bad calls and p95 over time."),
    "check": Verb(
        "check", "Hold the calls against thresholds: exit 0, 1 when over, 3 when nobody can tell."
    ),
    "export": Verb(
        "export",
        "Write calls as canonical JSONL, CSV or Parquet, or one as Markdown; secrets are tags.",
    ),
    "replay": Verb(
        "replay", "Play a past log as if live: on the screens, or line by line to stdout."
    ),
    "mark": Verb("mark", "Keep one call for the eval corpus, as the m key does."),
    "inbox": Verb("inbox", "Triage marks and dropped reports into cases."),
    "sync": Verb(
        "sync", "Take in reports from the channels of the config, and tell their reporters."
    ),
    "corpus": Verb("corpus", "List, check, count and export the cases; look for secrets."),
    "eval": Verb("evaluate", "Run the corpus and name the cases that a change broke."),
    "baseline": Verb(
        "baseline", "Accept what the last eval found as the baseline; nothing else moves it."
    ),
    "rotation": Verb(
        "rotation", "Read real calls, chosen to surprise; say of each what you think."
    ),
    "drift": Verb(
        "drift", "Say whether the inputs, the answers or the provider changed between two periods."
    ),
    "dialects": Verb("dialects", "Say what each file was taken for, why, and what came out of it."),
}
