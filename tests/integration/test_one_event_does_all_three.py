"""The promise: one event, and the page is on the web, the people who asked are told, and the row is in the register with a proof."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from schemas.proof import verify_entry
from tests.integration.stack import Stack, warning, within


def subscribe(stack: Stack, area: str, **who: str) -> None:
    answer = stack.http.post(f"/notifications/services/{stack.service()}/subscribers/flood-warnings/{area}", json=who, headers=stack.admin)
    assert answer.status_code == 201, answer.text


def test_a_warning_is_on_the_web_in_the_inbox_and_in_the_register(stack: Stack) -> None:
    subscribe(stack, "101FWF001", email_address="river@example.com")
    subscribe(stack, "101FWF001", phone_number="07700 900201")
    event = warning(area="101FWF001", description="River Test at Testbridge")

    receipt = stack.emit(event)
    assert receipt.status_code == 202
    assert receipt.json()["status"] == "accepted"

    assert within(30, lambda: stack.http.get("/flood-warnings/101fwf001").status_code == 200)
    page = stack.http.get("/flood-warnings/101fwf001").text
    assert "River Test at Testbridge" in page
    assert within(30, lambda: len(stack.emails("river@example.com")) == 1)
    assert within(30, lambda: len(stack.texts("447700900201")) == 1)
    appended = stack.said(event["id"], "RecordAppended")
    assert [entry["data"]["key"] for entry in appended] == ["101FWF001"]


def test_the_entry_can_be_proved_offline(stack: Stack) -> None:
    event = warning(area="101FWF002")
    stack.emit(event)
    [appended] = stack.said(event["id"], "RecordAppended")
    number = appended["data"]["entry_number"]
    root = stack.http.get("/registers/flood-warning/proof/register/merkle:sha-256").json()
    proof = stack.http.get(f"/registers/flood-warning/proof/entries/{number}/{root['total-entries']}/merkle:sha-256").json()
    [entry] = stack.http.get(f"/registers/flood-warning/entries/{number}").json()
    assert verify_entry(entry, proof, root)
    assert not verify_entry({**entry, "key": "101FWF003"}, proof, root)


def test_a_list_longer_than_a_page_is_told_to_the_last(stack: Stack) -> None:
    people = [f"resident-{number}@example.com" for number in range(60)]
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda person: subscribe(stack, "101FWF007", email_address=person), people))
    event = warning(area="101FWF007")
    stack.emit(event)
    assert within(60, lambda: len(stack.said(event["id"], "NotificationAccepted", 60, seconds=0)) == 60)
    assert within(60, lambda: all(stack.emails(person) for person in (people[0], people[-1])))
    assert not stack.dead()


def test_the_next_warning_updates_the_page_and_the_last_withdraws_it(stack: Stack) -> None:
    path = "/flood-warnings/101fwf004"
    for severity, level in (("Flood alert", 3), ("Severe flood warning", 1)):
        stack.emit(warning(area="101FWF004", severity=severity, severityLevel=level))
        assert within(30, lambda said=severity: said in stack.http.get(path).text)  # type: ignore[misc]
    assert stack.http.get("/api/content" + path).json()["title"].startswith("Severe flood warning")
    stack.emit(warning(area="101FWF004", severity="Warning no longer in force", severityLevel=4))
    assert within(30, lambda: "withdrawn_notice" in stack.http.get("/api/content" + path).json())
    assert within(30, lambda: "no longer in force" in stack.http.get(path).text)


def test_every_event_of_the_tree_names_its_cause(stack: Stack) -> None:
    event = warning(area="101FWF005")
    stack.emit(event)
    stack.said(event["id"], "RecordAppended")
    stack.said(event["id"], "ContentPublished")

    def every_cause_is_known() -> bool:
        tree = stack.tree(event["id"])
        known = {hop["id"] for hop in tree}
        return all(hop["causationid"] in known for hop in tree if hop["id"] != event["id"])

    # The journal writes a cause down beside what it caused, not before it.
    assert within(30, every_cause_is_known)


def test_the_register_of_councils_holds_all_354(stack: Stack) -> None:
    assert within(120, lambda: stack.http.get("/registers/local-authority-eng/register").json().get("total-entries") == 354)
    record = stack.http.get("/registers/local-authority-eng/records/BAS").json()
    assert record["BAS"]["item"][0]["official-name"] == "Bath and North East Somerset Council"


def test_the_page_has_no_script_and_no_crown(stack: Stack) -> None:
    event = warning(area="101FWF006")
    stack.emit(event)
    assert within(30, lambda: stack.http.get("/flood-warnings/101fwf006").status_code == 200)
    page = stack.http.get("/flood-warnings/101fwf006").text
    assert not re.search(r"<script(?! type=\"application/ld\+json\")", page)
    assert "crown" not in page.lower()
    assert "gov.uk" not in page.lower().replace("uk.gov", "")
