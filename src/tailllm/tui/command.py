"""One thing a person can ask for with a key."""

from typing import NamedTuple

from textual.binding import Binding


class Command(NamedTuple):
    """One thing a person can ask for."""

    id: str
    keys: str
    """As Textual spells them, separated by commas."""
    action: str
    label: str
    """One or two words for the footer."""
    why: str
    """One sentence for help and README."""
    on: tuple[str, ...]
    """Screens where it works: live, inspector, groups, rejects, notices, about, inbox, evals,
    rotation, help."""
    show: bool = False
    """Whether the footer has room for it at 80 columns."""
    first: bool = False
    """Done before the next key is looked at: what is typed after it goes to its box."""

    @property
    def binding(self) -> Binding:
        """The Textual binding; `id` lets `[keys]` in the config move it."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=self.show,
            tooltip=self.why,
            id=self.id,
            priority=self.first,
        )
