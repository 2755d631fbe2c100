"""What does of a department's accounts, and of what stands for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.account_checks import MOST_ACCOUNTS
from tests.infra.agency import AGENCY, OTHER, complaints

SUBSCRIBES = """\
subscriptions:
  next-door: {to: agency.FloodWarned.v1, fields: [severity], purpose: To close gates}
"""
SHARED = AGENCY.replace(
    "classification: official}", "classification: official, shares: {other: {fields: [severity], purpose: To close gates}}}"
)


@pytest.mark.parametrize("way_in", ['accounts: ["999999999999"]\n', "aws_organisation: o-a1b2c3d4e5\n"])
def test_accounts_or_an_organisation_read_it(tmp_path: Path, way_in: str) -> None:
    assert complaints(tmp_path, agency=SHARED, other=OTHER + way_in + SUBSCRIBES) == []


def test_a_webhook_needs_neither(tmp_path: Path) -> None:
    hook = "webhooks:\n  map: {url: 'https://map.example.gov.uk'}\n"
    subscribes = SUBSCRIBES.replace("gates}", "gates, webhook: map}")
    assert complaints(tmp_path, agency=SHARED, other=OTHER + subscribes + hook) == []


def test_as_many_accounts_are_taken_as_a_role_can_name(tmp_path: Path) -> None:
    listed = ", ".join(f'"{account:012}"' for account in range(1, MOST_ACCOUNTS + 1))
    assert complaints(tmp_path, other=f"{OTHER}accounts: [{listed}]\n") == []
