"""A permission that grows with every department, spread over policies that do not outgrow IAM."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable

from aws_cdk import aws_iam as iam

from infra.constructs.function import Function

POLICIES = 8
"""Of the ten managed policies that a role may have."""
LONGEST = 6_144
"""Characters that IAM takes of a managed policy; all that stand inline in a role have 10,240 together."""
AROUND = 400
"""Characters of a policy beside what it lists, and a few to spare."""


def spread(function: Function, identity: str, names: Iterable[str], statement: Callable[[list[str]], iam.PolicyStatement]) -> None:
    """Let a function do what `statement` says of some names, of all of these: each name always in the same one of its policies.

    So a department that joins changes one policy, and no name is missing while another stack's turn has not come. Raises ValueError
    where a policy would be longer than IAM takes.
    """
    shares: dict[int, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        shares[zlib.crc32(name.encode()) % POLICIES].append(name)
    for number, some in sorted(shares.items()):
        if AROUND + sum(len(name) + len('"",') for name in some) > LONGEST:
            raise ValueError(f"{identity} of {function.node.id} lists more than IAM takes in {POLICIES} policies of {LONGEST} characters")
        iam.ManagedPolicy(function, f"{identity}{number}", statements=[statement(some)], roles=[function.identity])
