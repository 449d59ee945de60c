"""The words a reporter hears: the template of the config, filled with what is not the call's."""

from collections.abc import Callable

from tailllm.channel.ledger import Step, Story
from tailllm.config.channels import Words

LONGEST = 600
"""Characters of a reason that are told."""


def told(words: Words, story: Story, step: Step, escape: Callable[[str], str]) -> str:
    """The message about one step; empty when the template is.

    A case is told by the digits at its end: its name is made of the first words of a note or
    of a question, and those stay here.

    Args:
        escape: Makes foreign words harmless where they go.
    """
    template: str = getattr(words, step.kind)
    where = [f"commit {step.commit}"] if step.commit else []
    where += [f"prompt {step.prompt}"] if step.prompt else []
    return template.format(
        case=escape(short(step.case)),
        why=escape(step.why[:LONGEST]),
        where=f" {escape(', '.join(where).join('()'))}" if where else "",
        reporter=escape(story.first.author),
    ).strip()


def short(case: str) -> str:
    """The digits at the end of a case's id."""
    return case.rpartition("-")[2]
