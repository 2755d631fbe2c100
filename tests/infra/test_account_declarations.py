"""What is said of a department's accounts where they do not do."""

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
NOBODY_READS = "comes to a queue that nobody may read: give accounts, aws_organisation, or here a webhook"


def test_a_queue_that_nobody_may_read_is_refused_with_its_line(tmp_path: Path) -> None:
    assert complaints(tmp_path, agency=SHARED, other=OTHER + SUBSCRIBES) == [f"other.yaml:5: subscriptions.next-door: {NOBODY_READS}"]


@pytest.mark.parametrize("way_in", ['accounts: ["999999999999"]\n', "aws_organisation: o-a1b2c3d4e5\n"])
def test_accounts_or_an_organisation_read_it(tmp_path: Path, way_in: str) -> None:
    assert complaints(tmp_path, agency=SHARED, other=OTHER + way_in + SUBSCRIBES) == []


def test_a_webhook_needs_neither(tmp_path: Path) -> None:
    hook = "webhooks:\n  map: {url: 'https://map.example.gov.uk'}\n"
    subscribes = SUBSCRIBES.replace("gates}", "gates, webhook: map}")
    assert complaints(tmp_path, agency=SHARED, other=OTHER + subscribes + hook) == []


def test_more_accounts_than_a_role_can_name_are_refused(tmp_path: Path) -> None:
    def told(number: int) -> list[str]:
        listed = ", ".join(f'"{account:012}"' for account in range(number))
        return complaints(tmp_path, other=f"{OTHER}accounts: [{listed}]\n")

    assert told(MOST_ACCOUNTS) == []
    assert told(MOST_ACCOUNTS + 1) == [
        f"other.yaml:4: accounts: are more than the {MOST_ACCOUNTS} that a role can name: say aws_organisation instead"
    ]
