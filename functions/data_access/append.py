"""Append a submitted record to the register it is meant for, once."""

from __future__ import annotations

from collections.abc import Mapping

from functions.common import cause, declarations
from functions.common.consumer import consumes
from functions.common.failures import Invalid
from functions.data_access import dictionary
from functions.data_access.registers import CheckedItem, Origin, checked_item, checked_key
from functions.data_access.store import log
from schemas.platform import RecordSubmitted


@consumes(RecordSubmitted)
def append(event: RecordSubmitted) -> None:
    """Check key and item against the register that the acting department declares, and append. Invalid, where it declares none such."""
    department = cause.current().department
    register = declarations.register(event.register_name)
    if department is None or register is None or register["department"] != department:
        raise Invalid(f"{department} has no register {event.register_name}", "register_name")
    if register.get("closed"):
        raise Invalid(f"the register {event.register_name} is closed: its department was removed", "register_name")
    key, item = checked_key(event.key), _checked(event.register_name, event.item)
    envelope = event.envelope
    origin = Origin(envelope.id, envelope.source, envelope.correlation, envelope.version)
    log.append(event.register_name, department, key, item, origin, _latest)


def _checked(register: str, fields: Mapping[str, object]) -> CheckedItem:
    known = dictionary.named(register)
    assert known is not None  # noqa: S101  # for the type alone: the register is declared
    item = checked_item(fields, known.names)
    try:
        known.check(item.fields)
    except Invalid as wrong:
        raise Invalid(wrong.message, f"item.{wrong.field}") from None
    return item


def _latest(register: str, key: str) -> Origin | None:
    from functions.data_access import replica  # here: only an event that is older than a bulk load needs SQL

    return replica.latest(register, key)
