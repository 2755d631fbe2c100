"""The model of a department's file: what it takes, what it refuses, and the ids that follow from names."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.declaration import Department, Publish, Record, Service
from schemas.ids import content_id, sender_id, service_id, template_id

SMALLEST: dict[str, Any] = {"department": "environment-agency", "title": "Environment Agency", "contact": "floods@example.gov.uk"}
PAGE = {"path": "/floods/((id))", "schema": "news_article", "document_type": "news_story", "title": "T", "body": "B"}


def reacting(**reaction: Any) -> Department:
    return Department.model_validate(SMALLEST | {"reactions": [{"when": "FloodWarningIssued.v1", **reaction}]})


def test_a_department_needs_no_more_than_a_name_a_title_and_a_contact() -> None:
    department = Department.model_validate(SMALLEST)
    assert department.reactions == []
    assert department.type_of("FloodWarningIssued.v1") == "environment-agency.FloodWarningIssued.v1"


@pytest.mark.parametrize(
    "part",
    [
        {"department": "Environment Agency"},
        {"accounts": ["1234"]},
        {"contact": "somebody"},
        {"emits": {"floodWarning.v1": {"from": "uk.gov.ea.floods", "owner": "a@b.uk", "classification": "official"}}},
        {"emits": {"FloodWarningIssued": {"from": "uk.gov.ea.floods", "owner": "a@b.uk", "classification": "official"}}},
        {"emits": {"FloodWarningIssued.v1": {"from": "floods", "owner": "a@b.uk", "classification": "official"}}},
        {"emits": {"FloodWarningIssued.v1": {"from": "uk.gov.ea.floods", "owner": "a@b.uk", "classification": "secret"}}},
        {"services": {"floods": {"title": "F", "keys": {"live": {"type": "live", "scopes": ["departments:admin"]}}}}},
        {"services": {"floods": {"title": "F", "keys": {"live": {"type": "live", "scopes": []}}}}},
        {"templates": {"flood-warning": {"service": "floods"}}},
        {"registers": {"flood-warning": {"title": "F", "description": "F", "key": "id"}}},
        {"webhooks": {"map": {"url": "http://example.gov.uk/"}}},
        {"webhooks": {"map": {"url": "https://user:secret@example.gov.uk/"}}},
        {"queues": {"map": {"arn": "arn:aws:sns:eu-west-2:111122223333:map"}}},
        {"limits": {"emails_per_day": 0}},
        {"services": {"floods": {"title": "F", "keys": {"live": {"type": "live", "scopes": ["notifications:receipts"]}}}}},
        {"services": {"floods": {"title": "F", "permissions": ["pigeon"]}}},
        {"services": {"floods": {"title": "F", "sms_senders": {}}}},
        {"templates": {"notice": {"service": "floods", "letter": {"subject": "S", "body": "B", "postage": "third"}}}},
        {"templates": {"notice": {"service": "floods", "sms": {"body": "B", "subject": "S"}}}},
        {"secret": "anything"},
    ],
)
def test_what_the_grammar_does_not_allow_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Department.model_validate(SMALLEST | part)


@pytest.mark.parametrize(
    ("reaction", "complaint"),
    [
        ({}, "does nothing"),
        ({"unpublish": {"path": "/a", "as": "withdrawal"}}, "a withdrawal needs an explanation"),
        ({"unpublish": {"path": "/a", "as": "redirect"}}, "a redirect needs an alternative_path"),
        ({"notify": {"template": "t"}}, "needs exactly one of subscribers, email_address, phone_number, postal_address, and has none"),
        ({"notify": {"subscribers": "a", "email_address": "b", "template": "t"}}, "has subscribers and email_address"),
        ({"notify": {"phone_number": "a", "postal_address": "b", "template": "t"}}, "has phone_number and postal_address"),
        ({"notify": {"subscribers": "a", "template": "t", "versions": {"sms": 0}}}, "greater than or equal to 1"),
        ({"notify": {"subscribers": "a"}}, "needs exactly one of template, templates, and has none"),
        ({"forward": {"webhook": "a", "queue": "b"}}, "needs exactly one of webhook, queue, and has webhook and queue"),
    ],
)
def test_a_reaction_that_is_not_whole_is_refused(reaction: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        reacting(**reaction)


def test_one_reaction_may_do_several_things_each_under_its_own_stable_name() -> None:
    reaction = reacting(publish=PAGE, record={"register": "flood-warning", "key": "((id))"}).reactions[0]
    assert [reaction.step(action) for action in reaction.actions()] == ["publish:/floods/((id))", "record:flood-warning"]
    assert [type(action) for action in reaction.actions()] == [Publish, Record]


def test_a_named_reaction_keeps_its_name_whatever_it_does() -> None:
    reaction = reacting(name="severe", publish=PAGE).reactions[0]
    assert [reaction.step(action) for action in reaction.actions()] == ["severe.publish"]


def test_a_reaction_that_sends_a_letter_is_named_in_one_line() -> None:
    reaction = reacting(notify={"postal_address": "((name))\n((street))\n((postcode))\n", "template": "notice"}).reactions[0]
    assert [reaction.step(action) for action in reaction.actions()] == ["notify:notice:((name)), ((street)), ((postcode))"]


def service(departments: dict[str, int], **said: Any) -> Service:
    department = Department.model_validate(SMALLEST | {"services": {"floods": {"title": "F", **said}}, "limits": departments})
    return department.services["floods"].within(department.limits)


def test_a_departments_limit_is_its_services_limit_where_they_give_none() -> None:
    most = {"emails_per_day": 1000, "texts_per_day": 500, "requests_per_minute": 6}
    limits = service(most, limits={"texts_per_day": 20}).limits
    assert (limits.emails_per_day, limits.texts_per_day, limits.requests_per_minute) == (1000, 20, 6)
    assert service({}).limits.emails_per_day == 250_000


def test_ids_follow_from_names_and_never_change() -> None:
    assert service_id("environment-agency", "floods") == "6156f1a6-d486-5e65-a2cd-2b594ea7caa0"
    assert template_id("environment-agency", "flood-warning", "email") == "f2029c96-69c7-5899-8a76-98adf12314c6"
    assert sender_id(service_id("environment-agency", "floods"), "reply_to", "floodline") == "27d65fe1-d9c4-5f35-a35f-358b1305b974"
    assert template_id("environment-agency", "flood-warning", "sms") != template_id("environment-agency", "flood-warning", "email")
    assert content_id("/flood-warnings/065WAF441") == content_id("/flood-warnings/065waf441")
