"""Outside developers in the room's table: sign-ups that wait, accounts and the links that open them, and their keys.

A sign-up stands by itself (`sign-up#<id>`) for a day. An account stands under a keyed hash of its email address (`developer#<person>`),
which it holds sealed; so nobody finds one without the address, nor an address without KMS. Each confirmed sign-up has a service of its own,
in the form that `functions.common.keyring` reads; all of one account are counted under one holder. What asks for an email, with the link in
it, is written for the stream alone and taken away again.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from functions.common import clock, ids, keyring, keys, sealing
from functions.common.failures import Refusal, Transient
from functions.common.table import ConditionFailed, Delete, Item, Put, Table, Update, Write, absent
from functions.departments.developing import SCOPES, TITLE, Account, SignUp
from functions.departments.services import DEVELOPERS, Key, NewKey
from functions.departments.store import services
from schemas.envelope import CloudEvent
from schemas.platform import KeyRevoked

DAY = 86_400
ATTEMPTS = 3
MOST_SERVICES = 50
"""Confirmed sign-ups of one account."""

_table = Table()


def waiting(origin: str, domain: str) -> tuple[int, int]:
    """How many sign-ups of today wait to be confirmed: from one origin, and to addresses in one domain."""
    day = clock.stamp()[:10]
    places = [_waiting("origin", origin, day), _waiting("domain", domain, day)]
    found = _table.get_many(places, consistent=True)
    first, second = (max(0, found.get(place, {}).get("count", 0)) for place in places)
    return first, second


def keep_sign_up(asked: SignUp, key: keys.Key | None, mail: CloudEvent) -> SignUp:
    """Write a sign-up down, for a day, and have its email sent. A `key` that is given out already opens nothing until it is confirmed."""
    expires = clock.epoch() + DAY
    pending: list[Write] = []
    if key:
        item = {**services.recognised(key, _new_key()), "unverified": True, "expires_at": expires}
        service = {**_service(asked.service_id, asked.service_id), "expires_at": expires}
        asked, pending = replace(asked, key_id=item["key_id"]), [Put(item), Put(service, expect=absent())]
    kept = {**asdict(asked), "email": sealing.seal(asked.email, _binding(asked.person)), "expires_at": expires}
    _send(mail, Put({"pk": f"sign-up#{asked.id}", "sk": "sign-up", **kept}, expect=absent()), *pending, *_count(asked, 1))
    return asked


def sign_up(identity: str) -> SignUp | None:
    """A sign-up that waits."""
    item = _table.get(f"sign-up#{identity}", "sign-up", consistent=True)
    if item is None or item["expires_at"] <= clock.epoch():
        return None
    known: dict[str, Any] = {name: item.get(name) for name in SignUp.__dataclass_fields__}
    return SignUp(**{**known, "email": sealing.unseal(item["email"], _binding(item["person"]))})


def confirm(waits: SignUp, key: keys.Key | None) -> Account:
    """The address is theirs: make the account, or add to the one that stands, and let the key work; `key` where none was given out.

    Raises Refusal 410 where it is confirmed already, 409 where the account has as many as one may have.
    """
    for _ in range(ATTEMPTS):
        standing = account(waits.person)
        if standing and len(standing.services) >= MOST_SERVICES:
            raise Refusal(409, "This account has as many keys as one may have.", code="TOO_MANY_KEYS")
        made = standing or Account(waits.person, ids.new(), waits.email, (), clock.stamp(), waits.terms_accepted_at, waits.use)
        made = replace(made, services=(*made.services, waits.service_id))
        gone = Delete(f"sign-up#{waits.id}", "sign-up", expect=~absent())
        try:
            with services.acting_for(DEVELOPERS):
                _table.transact(gone, _kept(made, is_new=standing is None), *_let_work(waits, made, key), *_count(waits, -1))
        except ConditionFailed as failed:
            if failed.index == 0:
                raise Refusal(410, "This link was used already.", code="LINK_USED") from None
            continue  # another sign-up of the same address was confirmed at this moment
        return made
    raise Transient("the account is changed too fast by others")


def account(person: str) -> Account | None:
    """The account of an address."""
    item = _table.get(f"developer#{person}", "account", consistent=True)
    if item is None:
        return None
    email = sealing.unseal(item["email"], _binding(person))
    known: dict[str, Any] = {name: item.get(name) for name in ("holder", "created_at", "terms_accepted_at", "use", "per_hour")}
    return Account(person=person, email=email, services=tuple(sorted(item["services"])), **known)


def has_account(person: str) -> bool:
    """Whether there is one."""
    return _table.get(f"developer#{person}", "account", consistent=True) is not None


def keep_link(person: str, link_id: str, expires: int, mail: CloudEvent | None = None) -> None:
    """Let a link open the account of an address, if there is one, until it expires or is closed; and have the email sent that holds it."""
    link = Put({"pk": f"developer#{person}", "sk": f"link#{link_id}", "expires_at": expires})
    if mail:
        _send(mail, link)
    else:
        _table.transact(link)


def link_stands(person: str, link_id: str) -> bool:
    """Whether a link is closed neither by its holder nor by its time."""
    item = _table.get(f"developer#{person}", f"link#{link_id}", consistent=True)
    return item is not None and item["expires_at"] > clock.epoch()


def close_link(person: str, link_id: str) -> None:
    """From now on it opens nothing."""
    _table.delete(f"developer#{person}", f"link#{link_id}")


def keys_of(holder: Account) -> list[tuple[Key, str | None]]:
    """The keys of an account, the newest first, each with the id of the one that replaced it."""
    items = [item for one in holder.services for item in _table.every(keyring.partition(one), prefix="key#", consistent=True)]
    items.sort(key=lambda item: str(item["created_at"]), reverse=True)
    return [(services.shown(item), item.get("replaced_by")) for item in items]


def add_key(holder: Account, not_after: str | None) -> keys.Key:
    """Make another key of an account."""
    key = keys.make(_name(), holder.services[0])
    item = {**services.recognised(key, _new_key(key.name)), "not_after": not_after}
    with services.acting_for(DEVELOPERS):
        _table.put(item, expect=absent(), emits=[services.created(item)])
    return key


def rotate(holder: Account, key_id: str, old_until: str, not_after: str | None) -> keys.Key | None:
    """Make a key in the place of one, which works on until then and no longer. None where the account has no such key.

    Raises Refusal 409 where it is revoked, or replaced already: so a form that is sent twice makes one key.
    """
    from boto3.dynamodb.conditions import Attr

    item = _item(holder, key_id)
    if item is None:
        return None
    key = keys.make(_name(), item["pk"].removeprefix(keyring.partition("")))
    made = {**services.recognised(key, _new_key(key.name)), "not_after": not_after}
    change = {"not_after": min(old_until, item.get("not_after") or old_until), "replaced_by": made["key_id"]}
    still = Attr("pk").exists() & Attr("revoked_at").not_exists() & Attr("replaced_by").not_exists() & Attr("unverified").not_exists()
    try:
        with services.acting_for(DEVELOPERS):
            replaced = Update(item["pk"], item["sk"], set=change, expect=still)
            _table.transact(replaced, Put(made, expect=absent(), emits=[services.created(made)]))
    except ConditionFailed:
        raise Refusal(409, "This key is revoked, or was replaced already.", code="KEY_REPLACED") from None
    return key


def revoke(holder: Account, key_id: str) -> bool:
    """Revoke a key of an account, or find it revoked. False where the account has no such key."""
    from boto3.dynamodb.conditions import Attr

    item = _item(holder, key_id)
    if item is None:
        return False
    change = {"revoked_at": clock.stamp(), "expires_at": clock.epoch() + services.REMEMBERED}
    revoked = KeyRevoked.model_validate({"service_id": item["pk"].removeprefix(keyring.partition("")), "key_id": key_id})
    still = Attr("pk").exists() & Attr("revoked_at").not_exists()
    try:
        with services.acting_for(DEVELOPERS):
            _table.update(item["pk"], item["sk"], set=change, expect=still, emits=[revoked])
    except ConditionFailed:
        return True
    return True


def delete(holder: Account) -> None:
    """Revoke every key, and forget whose they were. What ends in the middle is done again by doing it again."""
    for key, _ in keys_of(holder):
        revoke(holder, str(key.id))
    for one in holder.services:
        _table.update(keyring.partition(one), "service", set={"suspended_at": clock.stamp()})
    # The account last: until it is gone, its holder can ask again.
    for item in list(_table.every(f"developer#{holder.person}", consistent=True)):
        if item["sk"] != "account":
            _table.delete(item["pk"], item["sk"])
    _table.delete(f"developer#{holder.person}", "account")


def _send(mail: CloudEvent, *writes: Write) -> None:
    """Write, and say the event that asks for an email. Address and link stand in the table no longer than the stream takes to have them."""
    place = f"mail#{mail.id}", "mail"
    outgoing = {"pk": place[0], "sk": place[1], "expires_at": clock.epoch() + DAY}
    _table.transact(Put(outgoing, expect=absent(), emits=[mail]), *writes)
    _table.delete(*place)


def _kept(made: Account, *, is_new: bool) -> Write:
    place = f"developer#{made.person}", "account"
    services_added = {"services": frozenset(made.services)}
    if not is_new:
        return Update(*place, add=services_added, expect=~absent())
    kept = {
        "holder": made.holder,
        "email": sealing.seal(made.email, _binding(made.person)),
        "created_at": made.created_at,
        "terms_accepted_at": made.terms_accepted_at,
        "use": made.use,
    }
    return Update(*place, set=kept, add=services_added, expect=absent())


def _let_work(waits: SignUp, made: Account, key: keys.Key | None) -> list[Write]:
    if key:
        item = services.recognised(key, _new_key(key.name))
        service = {**_service(waits.service_id, made.holder), "per_hour": made.per_hour}
        return [Put(item, expect=absent(), emits=[services.created(item)]), Put(service, expect=absent())]
    partition, place = keyring.partition(waits.service_id), f"key#{waits.key_id}"
    item = _table.get(partition, place, consistent=True) or {}
    return [
        Update(partition, place, remove=["unverified", "expires_at"], expect=~absent(), emits=[services.created(item)] if item else []),
        Update(partition, "service", set={"holder": made.holder, "per_hour": made.per_hour}, remove=["expires_at"], expect=~absent()),
    ]


def _count(asked: SignUp, by: int) -> list[Write]:
    expires = clock.epoch() + 2 * DAY
    places = (_waiting("origin", asked.origin, asked.day), _waiting("domain", asked.domain, asked.day))
    return [Update(*place, set={"expires_at": expires}, add={"count": by}) for place in places]


def _waiting(kind: str, pseudonym: str, day: str) -> tuple[str, str]:
    return f"waiting#{kind}#{pseudonym}", f"day#{day}"


def _item(holder: Account, key_id: str) -> Item | None:
    found = _table.get_many([(keyring.partition(one), f"key#{key_id}") for one in holder.services], consistent=True)
    return next(iter(found.values()), None)


def _service(service_id: str, holder: str) -> Item:
    known = {"id": service_id, "name": service_id, "title": TITLE, "department": DEVELOPERS, "declared": False, "created_at": clock.stamp()}
    return {"pk": keyring.partition(service_id), "sk": "service", **known, "holder": holder}


def _new_key(name: str = "") -> NewKey:
    return NewKey.model_validate({"name": name or _name(), "type": "live", "scopes": list(SCOPES)})


def _name() -> str:
    """Keys are told apart by the moment at which they were made."""
    return f"data-{clock.now():%Y%m%d-%H%M%S-%f}"


def _binding(person: str) -> dict[str, str]:
    return {"developer": person}
