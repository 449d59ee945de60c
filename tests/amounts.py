"""How much is tried: for every commit a part, the same each time; in the long tests all, at random."""

from hypothesis import HealthCheck, settings

SHORT = 0.4
_share = 1.0


def choose(*, short: bool) -> None:
    """Say which of the two this run is; before the tests are collected.

    What fails by chance in every hundredth run would stop somebody else's commit.
    """
    global _share  # noqa: PLW0603
    _share = SHORT if short else 1.0
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("commit", patient, derandomize=True, database=None)
    settings.register_profile("long", patient)
    settings.load_profile("commit" if short else "long")


def examples(many: int) -> int:
    """So many of them in this run."""
    return max(1, round(many * _share))
