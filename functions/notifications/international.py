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

_SHARED_BY_NORTH_AMERICA = "1"
_NAMED_BY_COUNTRY_CODE = frozenset({"US", "CA"})


def rate_multiplier(region: str | None) -> int | None:
    """How many fragments at home one fragment to this region costs; None where no price is known."""
    return RATE_MULTIPLIERS.get(region or "")


def dialling_prefix(country_code: int, national_number: int, region: str | None) -> str:
    """The digits that name a country in a price list: its code, and the area code of the islands that share North America's (1664)."""
    prefix = str(country_code)
    if prefix == _SHARED_BY_NORTH_AMERICA and region not in _NAMED_BY_COUNTRY_CODE:
        return prefix + str(national_number)[:3]
    return prefix
