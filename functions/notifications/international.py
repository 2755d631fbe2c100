"""What a text abroad costs: each fragment at the price of one at home, times what its country's networks ask (contract 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HOME = "GB"
CROWN_DEPENDENCIES = frozenset({"GG", "IM", "JE"})
"""They share the country code 44 and are billed as abroad."""

RATE_MULTIPLIERS: Mapping[str, int] = MappingProxyType(
    {HOME: 1, "US": 1, "FR": 2, "MU": 4, "MS": 6, "EG": 7, "RU": 10} | dict.fromkeys(CROWN_DEPENDENCIES, 2)
)
"""By ISO 3166 region. A region that is not here has no price that is known."""


def rate_multiplier(region: str | None) -> int | None:
    """How many fragments at home one fragment to this region costs; None where no price is known."""
    return RATE_MULTIPLIERS.get(region or "")
