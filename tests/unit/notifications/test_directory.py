"""Who sends: services that files declare, and those that were made over HTTP."""

from __future__ import annotations

from functions.notifications import directory
from schemas.sending import Sending
from tests.unit.notifications.ground import ANOTHERS_SERVICE, DEPARTMENT, SERVICE, Ground

UNDECLARED = "5e21f5c0-0000-4000-8000-0000000000ff"


def test_what_nobody_has_said_is_what_the_model_would_fill_in() -> None:
    said = Sending(permissions=["email", "sms"]).compiled(UNDECLARED)
    assert said == {**directory._UNSAID, "inbound_numbers": []}


def test_a_service_that_nobody_declares_sends_in_its_departments_name(ground: Ground) -> None:
    service = directory.service(UNDECLARED, DEPARTMENT)
    assert service
    assert (service.name, service.prefix) == ("Environment Agency", "Environment Agency")
    assert service.email_address == "environment.agency@notifications.example.gov"
    assert service.permissions == {"email", "sms"}


def test_a_service_is_its_own_departments_alone(ground: Ground) -> None:
    assert directory.service(SERVICE, DEPARTMENT)
    assert directory.service(ANOTHERS_SERVICE, DEPARTMENT) is None
    assert directory.owner(ANOTHERS_SERVICE) == "communities"
    assert directory.owner(UNDECLARED) is None
