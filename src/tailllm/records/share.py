"""A count out of a count, and how sure of the share behind it one can be."""

from math import sqrt
from typing import Any, NamedTuple


class Share(NamedTuple):
    """So many of so many, and between which shares the truth lies (95 %, after Wilson)."""

    part: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """0 to 1 of nothing."""
        if not self.of:
            return 0.0, 1.0
        z, share = 1.96, self.part / self.of
        middle = share + z * z / (2 * self.of)
        far = z * sqrt(share * (1 - share) / self.of + z * z / (4 * self.of * self.of))
        whole = 1 + z * z / self.of
        return max(0.0, (middle - far) / whole), min(1.0, (middle + far) / whole)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        low, high = self.interval
        share = self.part / self.of if self.of else None
        return {
            "part": self.part,
            "of": self.of,
            "share": None if share is None else round(share, 4),
            "interval": [round(low, 4), round(high, 4)],
        }
