"""Making the templates what the departments' files say: each change a version, and nothing lost."""

from typing import Any
from unittest.mock import patch

import pytest

from functions.common import cloudformation, declarations
from functions.notifications.declare import apply, declare
from functions.notifications.manage import manage
from functions.notifications.notification import Template
from functions.notifications.store import template_versions
from functions.notifications.store.table import table
from schemas.platform import TemplateArchived, TemplateSaved
from tests.unit.notifications.asking import ask
from tests.unit.notifications.ground import EMAIL_TEMPLATE, LETTER_TEMPLATE, SERVICE, TEXT_TEMPLATE, Ground


def latest(template_id: str = TEXT_TEMPLATE) -> Template:
    found = template_versions.latest(SERVICE, template_id)
    assert found
    return found


def versions(template_id: str = TEXT_TEMPLATE) -> list[tuple[int, str, bool]]:
    """The versions of a template, the newest first: number, body, whether archived."""
    return [(one.version, one.body, one.is_archived) for one in template_versions.history(SERVICE, template_id)]


def deploy(ground: Ground, template_id: str = TEXT_TEMPLATE, **changes: Any) -> None:
    """The file says something else of a template, and is deployed."""
    ground.declared["templates"][template_id] |= changes
    apply()


def remove(ground: Ground, template_id: str = TEXT_TEMPLATE) -> dict[str, Any]:
    """The file says a template no more, and is deployed; answers with what it said."""
    said: dict[str, Any] = ground.declared["templates"].pop(template_id)
    apply()
    return said


def test_a_declared_template_is_there_in_its_first_version(ground: Ground) -> None:
    template = latest(LETTER_TEMPLATE)
    assert (template.version, template.name, template.channel, template.postage) == (1, "Flood risk", "letter", "second")
    assert (template.declared, template.created_by, template.updated_at) == (True, "floods-team@example.gov.uk", None)
    assert template.defaults == {"name": "resident"}


def test_the_same_again_changes_nothing(ground: Ground) -> None:
    for _ in range(2):
        apply()
    assert ground.new() == []
    assert [number for number, _, _ in versions()] == [1]


@pytest.mark.parametrize(
    ("template_id", "changes"),
    [
        (TEXT_TEMPLATE, {"body": "((severity))"}),
        (TEXT_TEMPLATE, {"title": "Warning"}),
        (TEXT_TEMPLATE, {"defaults": {"area": "England"}}),
        (EMAIL_TEMPLATE, {"subject": "((severity))"}),
        (EMAIL_TEMPLATE, {"unsubscribe": True}),
        (LETTER_TEMPLATE, {"postage": "first"}),
        (LETTER_TEMPLATE, {"contact_block": "another"}),
    ],
)
def test_a_change_is_a_new_version(ground: Ground, template_id: str, changes: dict[str, Any]) -> None:
    before = latest(template_id)
    deploy(ground, template_id, **changes)
    (said,) = [TemplateSaved.read(event) for event in ground.new()]
    assert (str(said.template_id), said.version) == (template_id, 2)
    after = latest(template_id)
    assert (after.version, after.created_at, bool(after.updated_at)) == (2, before.created_at, True)
    assert template_versions.version(SERVICE, template_id, 1) == before


def test_going_back_is_a_version_too(ground: Ground) -> None:
    deploy(ground, body="B")
    deploy(ground, body="((severity)) at ((area))")
    assert versions() == [(3, "((severity)) at ((area))", False), (2, "B", False), (1, "((severity)) at ((area))", False)]


def test_what_is_declared_no_more_is_archived_and_can_still_be_read(ground: Ground) -> None:
    remove(ground)
    (said,) = [TemplateArchived.read(event) for event in ground.new()]
    assert (str(said.template_id), said.version) == (TEXT_TEMPLATE, 2)
    assert [(number, archived) for number, _, archived in versions()] == [(2, True), (1, False)]
    apply()
    assert ground.new() == [], "once"


def test_what_comes_back_is_a_new_version(ground: Ground) -> None:
    said = remove(ground)
    ground.new()
    ground.declared["templates"][TEXT_TEMPLATE] = said
    apply()
    assert ground.names() == ["TemplateSaved"]
    assert [(number, archived) for number, _, archived in versions()] == [(3, False), (2, True), (1, False)]
    remove(ground)
    assert latest().is_archived, "and it goes again when it is not declared again"


def test_what_was_hidden_stays_hidden(ground: Ground) -> None:
    deploy(ground, redact=True)
    assert latest().redacted
    assert latest().version == 1, "not a word of it has changed"
    for redact, body in ((False, "B"), (False, "C")):
        deploy(ground, redact=redact, body=body)
        assert latest().redacted
    said = remove(ground)
    ground.declared["templates"][TEXT_TEMPLATE] = {**said, "redact": False}
    apply()
    assert latest().redacted


def test_what_was_hidden_over_http_stays_hidden(ground: Ground, live: None) -> None:
    assert ask("POST", f"/notifications/services/{SERVICE}/templates/{TEXT_TEMPLATE}/redact", of=manage).status == 200
    deploy(ground, body="B")
    assert latest().redacted


def test_a_template_made_over_http_is_left_alone(ground: Ground, live: None) -> None:
    draft = {"name": "Welcome", "type": "sms", "body": "Hello"}
    id_ = ask("POST", f"/notifications/services/{SERVICE}/templates", draft, of=manage).json["id"]
    apply()
    assert not latest(id_).is_archived


def test_a_template_that_moves_to_another_service_leaves_the_first(ground: Ground) -> None:
    other = next(id_ for id_ in ground.declared["services"] if id_ != SERVICE)
    deploy(ground, EMAIL_TEMPLATE, service=other)
    assert latest(EMAIL_TEMPLATE).is_archived
    moved = template_versions.latest(other, EMAIL_TEMPLATE)
    assert moved
    assert (moved.version, moved.is_archived) == (1, False)


def test_a_deployment_that_failed_half_way_is_finished_by_the_next(ground: Ground) -> None:
    ground.declared["templates"][TEXT_TEMPLATE]["body"] = "B"
    ground.declared["templates"][LETTER_TEMPLATE]["body"] = "C"
    save = table.transact
    saved: list[object] = []

    def save_once(*writes: Any) -> None:
        if saved:
            raise TimeoutError
        save(*writes)
        saved.append(writes)

    with patch.object(table, "transact", save_once), pytest.raises(TimeoutError):
        apply()
    assert len(ground.new()) == 1
    apply()
    apply()
    assert (latest().body, latest(LETTER_TEMPLATE).body) == ("B", "C")
    assert (latest().version, latest(LETTER_TEMPLATE).version) == (2, 2)


@pytest.mark.parametrize(("kind", "body"), [("Create", "B"), ("Update", "B"), ("Delete", "((severity)) at ((area))")])
def test_cloudformation_is_told_and_a_deletion_does_nothing(ground: Ground, kind: str, body: str) -> None:
    ground.declared["templates"][TEXT_TEMPLATE]["body"] = "B"
    with patch.object(cloudformation, "answer") as answer:
        declare({"RequestType": kind}, None)  # type: ignore[arg-type]  # nothing reads the context
    answer.assert_called_once_with({"RequestType": kind}, "SUCCESS", "templates")
    assert latest().body == body


def test_cloudformation_is_told_of_a_failure(ground: Ground) -> None:
    with patch.object(cloudformation, "answer") as answer, patch.object(declarations, "compiled", side_effect=LookupError("why")):
        declare({"RequestType": "Update"}, None)  # type: ignore[arg-type]  # as above
    assert answer.call_args.args[1:] == ("FAILED", "templates", "LookupError: why")
