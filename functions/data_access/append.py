"""Append a submitted record to the register it is meant for, once."""

from __future__ import annotations

from functions.common import cause, declarations
from functions.common.consumer import consumes
from functions.common.failures import Invalid
from functions.data_access.registers import Origin, checked_item, checked_key
from functions.data_access.store import log
from schemas.platform import RecordSubmitted


@consumes(RecordSubmitted)
def append(event: RecordSubmitted) -> None:
    """Check key and item against the register that the acting department declares, and append. Invalid, where it declares none such."""
    department = cause.current().department
    register = declarations.register(event.register_name)
    if department is None or register is None or register["department"] != department:
        raise Invalid(f"{department} has no register {event.register_name}", "register_name")
    key, item = checked_key(event.key), checked_item(event.item, [field["field"] for field in register["fields"]])
    envelope = event.envelope
    log.append(event.register_name, department, key, item, Origin(envelope.id, envelope.source, envelope.correlation, envelope.version))
