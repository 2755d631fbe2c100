"""Being asked by an event: one person, or everyone on a list, each of them once."""

from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest

from functions.common import clock
from functions.notifications import request as module
from functions.notifications.notification import Template
from functions.notifications.request import request
from functions.notifications.store import subscribers, template_versions
from schemas.envelope import CloudEvent
from schemas.platform import NotificationAccepted, NotificationRequested
from tests.unit.notifications.ground import (
    ANOTHERS_SERVICE,
    ANOTHERS_TEMPLATE,
    DEPARTMENT,
    EMAIL_TEMPLATE,
    LIST,
    SERVICE,
    TEXT_TEMPLATE,
    VALUES,
    Clock,
    Ground,
    event,
    handle,
)


def asked(**changes: Any) -> CloudEvent:
    fields: dict[str, Any] = {
        "service_id": SERVICE,
        "templates": {"email": EMAIL_TEMPLATE, "sms": TEXT_TEMPLATE},
        "personalisation": VALUES,
        "subscribers": LIST,
    }
    return event(NotificationRequested(**{**fields, **changes}))


def everyone(ground: Ground, count: int) -> None:
    for number in range(count):
        subscribers.subscribe(SERVICE, LIST, "email", f"resident{number}@example.com")
    ground.new()


def accepted(events: list[CloudEvent]) -> list[str]:
    return [str(NotificationAccepted.read(said).notification_id) for said in events if said.type == NotificationAccepted.type_name()]


def run(ground: Ground, *events: CloudEvent) -> list[CloudEvent]:
    """Do what is asked, and what follows from it, until nothing does."""
    said: list[CloudEvent] = []
    waiting = list(events)
    while waiting:
        assert handle(request, waiting.pop(0)) == [True]
        new = ground.new()
        waiting += [event_ for event_ in new if event_.type == NotificationRequested.type_name()]
        said += new
    return said


def test_one_person_is_notified(ground: Ground) -> None:
    asking = asked(subscribers=None, email_address="Jo@example.com")
    (id_,) = accepted(run(ground, asking))
    notification = ground.notification(id_)
    assert (notification.recipient, notification.subject, notification.service_name) == (
        "jo@example.com",
        "Severe at Avon",
        "Flood warnings",
    )


def test_each_on_a_list_is_notified_on_their_own_channel(ground: Ground) -> None:
    subscribers.subscribe(SERVICE, LIST, "email", "jo@example.com")
    subscribers.subscribe(SERVICE, LIST, "sms", "447723456789")
    subscribers.subscribe(SERVICE, "another list", "email", "al@example.com")
    ground.new()
    found = [ground.notification(id_) for id_ in accepted(run(ground, asked()))]
    assert {(one.channel, one.recipient) for one in found} == {("email", "jo@example.com"), ("sms", "447723456789")}


def test_a_second_delivery_of_a_request_accepts_nothing(ground: Ground) -> None:
    everyone(ground, 3)
    asking = asked()
    assert len(accepted(run(ground, asking))) == 3
    assert accepted(run(ground, asking)) == []


def test_a_long_list_is_finished_page_by_page(ground: Ground) -> None:
    everyone(ground, 23)
    asking = asked()
    with patch.object(module, "PAGE", 4):
        said = run(ground, asking)
    assert len(set(accepted(said))) == len(accepted(said)) == 23
    pages = [one for one in said if one.type == NotificationRequested.type_name()]
    assert len(pages) >= 5
    assert {(page.hops, page.causationid, page.correlation, page.department) for page in pages} == {
        (0, asking.id, asking.id, "environment-agency")
        if asking.correlationid is None
        else (asking.hops, asking.id, asking.correlation, "environment-agency")
    }, "pages are no deeper than the request, or a long list would look like a loop"


def test_nobody_is_told_twice_though_the_list_changes_between_two_deliveries(ground: Ground) -> None:
    everyone(ground, 12)
    asking = asked()
    with patch.object(module, "PAGE", 3):
        first = run(ground, asking)
        everyone(ground, 16)  # four more, somewhere between the others
        second = run(ground, asking)
    told = [ground.notification(id_).recipient for id_ in accepted(first) + accepted(second)]
    assert len(told) == len(set(told))


def test_who_has_left_the_list_is_not_told(ground: Ground) -> None:
    subscriber, _ = subscribers.subscribe(SERVICE, LIST, "email", "jo@example.com")
    subscribers.unsubscribe(SERVICE, LIST, subscriber.id)
    ground.new()
    assert run(ground, asked()) == []


def test_a_channel_without_a_template_is_left_out(ground: Ground) -> None:
    subscribers.subscribe(SERVICE, LIST, "sms", "447723456789")
    ground.new()
    assert run(ground, asked(templates={"email": EMAIL_TEMPLATE})) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subscribers": None, "email_address": "x"}, "email_address Not a valid email address"),
        ({"subscribers": None, "email_address": "jo@example.com", "personalisation": {}}, "Missing personalisation: severity, area"),
        ({"subscribers": None, "email_address": "jo@example.com", "templates": {"email": str(UUID(int=7))}}, "Template not found"),
        (
            {"subscribers": None, "email_address": "jo@example.com", "templates": {"email": ANOTHERS_TEMPLATE}},
            "Template not found",
        ),
        ({"subscribers": None}, "names nobody: give it subscribers, an email_address, a phone_number or a postal_address"),
    ],
)
def test_what_cannot_be_done_is_quarantined_with_the_reason(ground: Ground, changes: dict[str, Any], reason: str) -> None:
    handle(request, asked(**changes))
    assert [one["reason"] for one in ground.quarantined()] == [reason]
    assert ground.new() == []


def test_a_department_cannot_send_in_anothers_name(ground: Ground) -> None:
    theirs = asked(subscribers=None, email_address="jo@example.com").model_copy(update={"department": "communities"})
    handle(request, theirs)
    assert [one["reason"] for one in ground.quarantined()] == [f"service_id: 'communities' has no service {SERVICE}"]
    assert ground.new() == []


@pytest.mark.parametrize("department", [DEPARTMENT, "communities", None])
def test_nobody_can_send_as_a_service_that_no_file_says_is_theirs(ground: Ground, department: str | None) -> None:
    made_over_http = str(UUID(int=7))
    template_versions.save(Template(EMAIL_TEMPLATE, made_over_http, "Hello", "email", 1, "Hello", "Hello", None), None)
    subscribers.subscribe(made_over_http, LIST, "email", "jo@example.com")
    ground.new()
    handle(request, asked(service_id=made_over_http).model_copy(update={"department": department}))
    assert [one["reason"] for one in ground.quarantined()] == [f"service_id: {department!r} has no service {made_over_http}"]
    assert ground.new() == []


def test_a_template_kept_for_another_service_is_not_found(ground: Ground) -> None:
    theirs = str(uuid4())
    template_versions.save(Template(theirs, ANOTHERS_SERVICE, "Hello", "email", 1, "Hello", "Hello", None), None)
    ground.new()
    handle(request, asked(subscribers=None, email_address="jo@example.com", templates={"email": theirs}))
    assert [one["reason"] for one in ground.quarantined()] == ["Template not found"]
    assert ground.new() == []


def test_a_list_that_takes_longer_than_its_messages_are_kept_is_finished(ground: Ground, time: Clock) -> None:
    everyone(ground, 6)
    waiting, told = [asked().model_copy(update={"time": clock.now()})], 0
    with patch.object(module, "PAGE", 1):
        while waiting:
            time.go_on(days=6)
            assert handle(request, waiting.pop(0)) == [True]
            new = ground.new()
            waiting += [one for one in new if one.type == NotificationRequested.type_name()]
            told += len(accepted(new))
    assert told == 6


def test_what_is_asked_again_when_nothing_is_known_of_it_any_more_is_not_done_again(ground: Ground, time: Clock) -> None:
    ground.sends(retention_days={"email": 3, "sms": 30})
    for number in range(4):
        subscribers.subscribe(SERVICE, LIST, "email", f"resident{number}@example.com")
        subscribers.subscribe(SERVICE, LIST, "sms", f"44772345678{number}")
    ground.new()
    asking = asked().model_copy(update={"time": clock.now()})
    with patch.object(module, "PAGE", 1):
        time.go_on(days=4)
        found = [ground.notification(id_).channel for id_ in accepted(run(ground, asking))]
        assert found == ["sms"] * 4, "emails of which nothing would be known are left out, on every page"
        time.go_on(days=25)
        assert run(ground, asking) == []
        time.go_on(days=25)
        assert run(ground, asking) == []
