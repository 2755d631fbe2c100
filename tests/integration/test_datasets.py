"""Records of a dataset over HTTP, as an outside developer reads them: page by page, again later, as they were, and until the key goes."""

from __future__ import annotations

import pytest

from tests.integration.stack import Stack, warning, within
from tests.integration.test_developers import asked, developer

COUNCILS = "/datasets/local-authority-eng/records"
WARNINGS = "/datasets/flood-warning"


@pytest.fixture(scope="module")
def holder(stack: Stack) -> tuple[str, str]:
    """A developer's key, and the path of their account."""
    assert within(120, lambda: len(stack.http.get("/registers/local-authority-eng/records?page-size=5000").json()) >= 354)
    return developer(stack, "reader@example.com")


def test_pages_join_until_the_key_is_revoked_in_between(stack: Stack, holder: tuple[str, str]) -> None:
    key, account = holder
    headers = {"X-Api-Key": key}
    first = stack.http.get(COUNCILS, params={"_limit": 200, "_sort": "name"}, headers=headers)
    assert (first.status_code, len(first.json()["records"])) == (200, 200)
    second = stack.http.get(first.json()["next"], headers=headers)
    together = [record["name"] for page in (first, second) for record in page.json()["records"]]
    assert len(set(together)) == len(together) >= 354
    assert together == sorted(together)

    [known] = asked(stack, "GET", account)["keys"]
    asked(stack, "POST", f"{account}/keys/{known['id']}/revoke", {})
    assert within(10, lambda: stack.http.get(first.json()["next"], headers=headers).status_code == 403)
    refused = stack.http.get(first.json()["next"], headers=headers)
    assert refused.json()["error"]["code"] == "API_KEY_DISABLED"


def test_a_read_after_a_write_sees_it_and_the_past_stays(stack: Stack) -> None:
    key, _ = developer(stack, "watcher@example.com")
    mine = {"X-Api-Key": key}
    record = f"{WARNINGS}/records/118FWF001"
    event = warning(area="118FWF001", severityLevel=2, severity="Flood warning")
    stack.emit(event)
    [appended] = stack.said(event["id"], "RecordAppended")
    before = stack.http.get(record, headers=mine)
    assert (before.status_code, before.json()["record"]["severityLevel"]) == (200, 2)
    assert stack.http.get(record, headers={**mine, "If-None-Match": before.headers["ETag"]}).status_code == 304

    later = warning(area="118FWF001", severityLevel=1)
    stack.emit(later)
    stack.said(later["id"], "RecordAppended")
    assert stack.http.get(record, headers=mine).json()["record"]["severityLevel"] == 1
    number = appended["data"]["entry_number"]
    assert stack.http.get(record, params={"as_at": number}, headers=mine).json()["record"]["severityLevel"] == 2
    changes = stack.http.get(f"{WARNINGS}/changes", params={"since": number}, headers=mine).text
    assert any("118FWF001" in line for line in changes.splitlines())


def test_without_a_key_nothing_is_read_and_a_wrong_field_is_named(stack: Stack) -> None:
    assert stack.http.get(COUNCILS).json()["error"]["code"] == "API_KEY_MISSING"
    wrong = stack.http.get(COUNCILS, params={"nmae": "Lewes"}, headers={"X-Api-Key": "DEMO_KEY"})
    assert wrong.status_code == 400
    assert "nmae" in wrong.text
