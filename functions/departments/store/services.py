"""Departments, their services and the services' keys in the room's table.

Departments stand in one partition (`departments`, sorted by slug), a department's list of services in another (`department#<slug>`).
A service and its keys share a partition, whose form `functions.common.keyring` knows, since it reads them there. The names of keys that are
not revoked stand apart (`names#<service>`), so that two of a service cannot be alike and no request reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from functions.common import clock, ids, keyring, keys, sealing, suspension
from functions.common.cause import because, current
from functions.common.failures import Refusal
from functions.common.table import Check, ConditionFailed, Delete, Item, Put, Table, Update, absent
from functions.departments.services import Department, DepartmentLine, Key, MadeKey, NewKey, NewService, Service, ServiceLine
from schemas.ids import service_id as id_of
from schemas.platform import (
    DepartmentRemoved,
    DepartmentRestored,
    DepartmentSuspended,
    KeyCreated,
    KeyRevoked,
    PlatformEvent,
    ServiceCreated,
)

REMEMBERED = 365 * 24 * 60 * 60
"""Seconds for which a revoked key is still told from an unknown one."""

NEED_THE_SECRET = frozenset({"notifications:send"})
"""Scopes whose callers sign with the secret instead of sending it (JWT)."""

_DEPARTMENTS = suspension.DEPARTMENTS
_table = Table()


def departments() -> list[DepartmentLine]:
    """Every department, suspended ones too."""
    return [DepartmentLine.model_validate({**item, "slug": item["sk"]}) for item in _table.every(_DEPARTMENTS, consistent=True)]


def department(slug: str) -> Department | None:
    """A department with its services."""
    item = _table.get(_DEPARTMENTS, slug, consistent=True)
    return Department.model_validate({**item, "slug": slug, "services": services_of(slug)}) if item else None


def services_of(slug: str) -> list[ServiceLine]:
    """The services of a department by name."""
    return [ServiceLine.model_validate(item) for item in _table.every(f"department#{slug}", consistent=True)]


def whole_services_of(slug: str) -> Iterator[Service]:
    """The services of a department, each whole."""
    for line in services_of(slug):
        if found := service(str(line.id)):
            yield found


def service(service_id: str) -> Service | None:
    """A service."""
    item = _table.get(keyring.partition(service_id), "service", consistent=True)
    return Service.model_validate(item) if item else None


def keep_department(wanted: DepartmentLine) -> None:
    """Write a department down, as it is wanted."""
    _table.put({"pk": _DEPARTMENTS, "sk": wanted.slug, **wanted.model_dump(exclude={"slug"}, exclude_none=True)})


def suspend_department(standing: DepartmentLine, who: str, *, removing: bool) -> None:
    """From now on nothing that it says is acted on. Doing it again, or while it is suspended, changes nothing of when."""
    now = clock.stamp()
    change = {"suspended_at": standing.suspended_at or now, "removing_since": now if removing else None}
    said = [] if standing.suspended_at else [DepartmentSuspended(slug=standing.slug)]
    _change_standing(standing.slug, "suspended", who, set_=change, emits=said)


def remove_department(standing: DepartmentLine, who: str, keys_revoked: int) -> None:
    """Say that it is no more, once."""
    said = DepartmentRemoved(slug=standing.slug, keys_revoked=keys_revoked)
    _change_standing(standing.slug, "removed", who, set_={"removed_at": clock.stamp()}, emits=[said], keys_revoked=keys_revoked)


def settle_department(slug: str) -> None:
    """A deployment without its file has ended its removal: a later one with it restores it."""
    _table.update(_DEPARTMENTS, slug, remove=["removing_since"])


def restore_department(wanted: DepartmentLine, who: str) -> None:
    """Let it stand again, as it is wanted."""
    change = wanted.model_dump(exclude={"slug"}, exclude_none=True) | {"suspended_at": None, "removing_since": None, "removed_at": None}
    _change_standing(wanted.slug, "restored", who, set_=change, emits=[DepartmentRestored(slug=wanted.slug)])


def audit_of(slug: str) -> list[dict[str, object]]:
    """Everything that was done to a department as a whole, the oldest first: `what`, `who` and `at`."""
    kept = ("what", "who", "at", "keys_revoked")
    return [{name: item[name] for name in kept if name in item} for item in _table.every(_audit(slug), consistent=True)]


def _change_standing(slug: str, what: str, who: str, *, set_: Mapping[str, object], emits: Sequence[PlatformEvent], **more: object) -> None:
    """A change of a department as a whole and the note of it are one write. The note expires never."""
    now = clock.stamp()
    note = {"pk": _audit(slug), "sk": f"{now}#{what}", "what": what, "who": who, "at": now, **more}
    with acting_for(slug):
        _table.transact(Update(_DEPARTMENTS, slug, set=dict(set_), expect=~absent(), emits=list(emits)), Put(note))


def create_service(slug: str, new: NewService, *, declared: bool = False) -> Service:
    """Make a service of a department. Its id follows from both names, as a declared one's does.

    Raises Refusal 409 where the department has one of that name, or is suspended.
    """
    from boto3.dynamodb.conditions import Attr

    line = {"id": id_of(slug, new.name), "name": new.name, "title": new.title}
    item = {**line, "department": slug, "declared": declared, "created_at": clock.stamp()}
    created = ServiceCreated.model_validate({"service_id": line["id"], "name": new.name})
    try:
        with acting_for(slug):
            _table.transact(
                Put({"pk": keyring.partition(line["id"]), "sk": "service", **item}, expect=absent(), emits=[created]),
                Put({"pk": f"department#{slug}", "sk": f"service#{new.name}", **line}),
                Check(_DEPARTMENTS, slug, expect=Attr("pk").exists() & Attr("suspended_at").not_exists()),
            )
    except ConditionFailed as failed:
        if failed.index == 0:
            raise Refusal(409, f"The department {slug} has a service {new.name} already.", code="name_in_use", field="name") from None
        raise Refusal(409, f"The department {slug} is not declared any more.", code="suspended") from None
    return Service.model_validate(item)


def keep_service(standing: Service, *, title: str, declared: bool) -> None:
    """Make a standing service what is wanted, in force."""
    change = {"title": title, "declared": declared}
    _table.update(keyring.partition(str(standing.id)), "service", set=change, remove=["suspended_at"])
    _table.update(f"department#{standing.department}", f"service#{standing.name}", set={"title": title})


def suspend_service(standing: Service) -> None:
    """From now on no key of this service opens anything; they do again when it is kept again."""
    _table.update(keyring.partition(str(standing.id)), "service", set={"suspended_at": clock.stamp()})


def keys_of(service_id: str) -> list[Key]:
    """The keys of a service in the order of their making, without their secrets."""
    return [shown(item) for item in _table.every(keyring.partition(service_id), prefix="key#", consistent=True)]


def create_key(owner: Service, new: NewKey) -> MadeKey:
    """Make a key of a service. Raises Refusal 409 where it has one of that name that is not revoked, or is suspended."""
    key = keys.make(new.name, str(owner.id))
    return MadeKey.model_validate({**keep_key(owner, key, new).model_dump(), "key": str(key)})


def keep_key(owner: Service, key: keys.Key, new: NewKey) -> Key:
    """Store what recognises a key, and no more. Raises Refusal 409 as `create_key` does."""
    from boto3.dynamodb.conditions import Attr

    in_force = Check(keyring.partition(key.service_id), "service", expect=Attr("pk").exists() & Attr("suspended_at").not_exists())
    item = recognised(key, new)
    name = {"pk": _names(key.service_id), "sk": new.name, "key_id": item["key_id"]}
    try:
        with acting_for(owner.department):
            _table.transact(Put(item, expect=absent(), emits=[created(item)]), Put(name, expect=absent()), in_force)
    except ConditionFailed as failed:
        if failed.index == 1:
            message = f"The service {owner.name} has a key {new.name} already: revoke that one first, or choose another name."
            raise Refusal(409, message, code="name_in_use", field="name") from None
        raise Refusal(409, f"The service {owner.name} is suspended.", code="suspended") from None
    return shown(item)


def recognised(key: keys.Key, new: NewKey) -> Item:
    """What a key is recognised by."""
    return {
        "pk": keyring.partition(key.service_id),
        "sk": f"key#{(key_id := ids.new())}",
        "key_id": key_id,
        "name": new.name,
        "type": new.type,
        "scopes": sorted(set(new.scopes)),
        "fingerprint": keys.fingerprint(keyring.pepper(), key),
        "ciphertext": sealing.seal(key.secret, keyring.binding(key.service_id)) if NEED_THE_SECRET & set(new.scopes) else None,
        "created_at": clock.stamp(),
        "not_after": new.not_after,
    }


def created(item: Item) -> KeyCreated:
    """What is said of a new key."""
    known = {part: item[part] for part in ("key_id", "name", "type", "scopes")}
    return KeyCreated.model_validate({"service_id": item["pk"].removeprefix(keyring.partition("")), **known})


def revoke_key(owner: Service, key_id: str) -> Key | None:
    """Revoke a key, or find it revoked; None where the service has no such key."""
    from boto3.dynamodb.conditions import Attr

    place = keyring.partition(str(owner.id)), f"key#{key_id}"
    item = _table.get(*place, consistent=True)
    if item is None or "revoked_at" in item:
        return shown(item) if item else None
    # The time to live is not `not_after`: an expired key stays until somebody revokes it.
    change = {"revoked_at": clock.stamp(), "expires_at": clock.epoch() + REMEMBERED}
    revoked = KeyRevoked.model_validate({"service_id": str(owner.id), "key_id": key_id})
    try:
        with acting_for(owner.department):
            _table.transact(
                Update(*place, set=change, expect=Attr("pk").exists() & Attr("revoked_at").not_exists(), emits=[revoked]),
                # An outside developer's key has no name to itself.
                Delete(_names(str(owner.id)), item["name"], expect=Attr("key_id").eq(key_id) | absent()),
            )
    except ConditionFailed:
        return revoke_key(owner, key_id)  # somebody else was first
    return shown({**item, **change})


def find_key(key: keys.Key) -> Key | None:
    """The key that a whole key is, revoked or not."""
    fingerprint = keys.fingerprint(keyring.pepper(), key)
    items = _table.every(keyring.partition(key.service_id), prefix="key#", consistent=True)
    return next((shown(item) for item in items if item["fingerprint"] == fingerprint), None)


@contextmanager
def acting_for(slug: str) -> Iterator[None]:
    """While this lasts, events are about the department whose service it is, whoever asked."""
    with because(replace(current(), department=slug)):
        yield


def _audit(slug: str) -> str:
    return f"audit#{slug}"


def _names(service_id: str) -> str:
    return f"names#{service_id}"


def shown(item: Item) -> Key:
    """A key as it is shown."""
    known = {part: item[part] for part in ("name", "type", "scopes", "created_at")}
    return Key.model_validate({"id": item["key_id"], **known, "expires_at": item.get("not_after"), "revoked_at": item.get("revoked_at")})
