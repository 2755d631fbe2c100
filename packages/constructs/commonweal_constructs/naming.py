"""What names and numbers are made of that stand in ARNs: a wrong one would be found when somebody deploys, or is refused there."""

from __future__ import annotations

import re

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")


def check(*, account: str, region: str, **names: str) -> None:
    """Raises ValueError, which says what is wrong, for an account, a Region or a name that cannot be one."""
    if not _ACCOUNT.fullmatch(account):
        raise ValueError(f"account: {account!r} is not the number of an AWS account, which has twelve digits")
    if not _REGION.fullmatch(region):
        raise ValueError(f"region: {region!r} is not a Region of AWS, such as eu-west-2")
    for field, name in names.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"{field}: {name!r} is not a name in lower-case letters, digits and hyphens that begins with a letter")
