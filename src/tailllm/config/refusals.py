"""The phrases the refusal validator knows; docs/configuration.md lists them."""

REFUSALS = (
    "i can't help with",
    "i cannot help with",
    "i can't assist",
    "i cannot assist",
    "i can't provide",
    "i cannot provide",
    "i can't comply",
    "i cannot comply",
    "i can't fulfill",
    "i cannot fulfill",
    "i'm unable to help",
    "i am unable to help",
    "i'm unable to assist",
    "i am unable to assist",
    "i'm not able to help",
    "i am not able to help",
    "i won't be able to help",
    "i must decline",
    "as an ai language model",
)
"""Openings of plain English refusals. Small on purpose: a list that guesses cries wolf."""

OPENING = 200
"""Characters in which a refusal is looked for: later the words are usually about something else."""
