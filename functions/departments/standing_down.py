"""How a department goes: it is suspended at once, then, when nothing of it is under way any more, it is removed.

A deployment without its file and an operator who removes it go the same way. Only the operator revokes its keys: a file that was deleted
by mistake comes back with them.
"""

from __future__ import annotations

from functions.common import declarations
from functions.common.failures import Invalid
from functions.departments.services import PLATFORM, Department, DepartmentLine
from functions.departments.store import services as store


def let_go(standing: DepartmentLine, who: str) -> None:
    """Its file is not deployed any more. Doing it again changes nothing."""
    if not standing.suspended_at:
        store.suspend_department(standing, who, removing=False)
    _suspend_services(standing.slug)
    if not standing.removed_at:
        store.remove_department(standing, who, keys_revoked=0)
    if standing.removing_since:
        store.settle_department(standing.slug)


def suspend(slug: str, who: str) -> Department:
    """From now on none of its keys opens anything, and nothing that it says is acted on, whatever is deployed. Raises Invalid."""
    standing = find(slug)
    if not standing.removing_since:
        store.suspend_department(standing, who, removing=_is_declared(slug))
    _suspend_services(slug)
    return find(slug)


def remove(slug: str, who: str) -> int:
    """Revoke all its keys and say that it is no more; gives how many there were. Raises Invalid where it is not suspended."""
    standing = find(slug)
    if not standing.suspended_at:
        raise Invalid(f"{slug} is not suspended: what it says would be cut off in the middle", "department")
    revoked = 0
    for service in store.whole_services_of(slug):
        for key in store.keys_of(str(service.id)):
            if not key.revoked_at:
                store.revoke_key(service, str(key.id))
                revoked += 1
    if not standing.removed_at or revoked:
        store.remove_department(standing, who, revoked)
    return revoked


def restore(slug: str, who: str) -> None:
    """Let a department stand again whose file is deployed still. Keys that were revoked stay so. Raises Invalid."""
    standing = find(slug)
    declared = declarations.department(slug)
    if declared is None:
        raise Invalid(f"the file of {slug} is not deployed: deploy it, and it is restored", "department")
    if not standing.suspended_at:
        return
    store.restore_department(DepartmentLine(slug=slug, title=declared["title"], contact=declared["contact"]), who)
    for service in store.whole_services_of(slug):
        if service.suspended_at and (not service.declared or service.name in declared["services"]):
            store.keep_service(service, title=service.title, declared=service.declared)


def find(slug: str) -> Department:
    """A department. Raises Invalid where there is none that can go."""
    found = store.department(slug)
    if found is None or slug == PLATFORM:
        raise Invalid(f"there is no department {slug} that could go", "department")
    return found


def _suspend_services(slug: str) -> None:
    for service in store.whole_services_of(slug):
        if not service.suspended_at:
            store.suspend_service(service)


def _is_declared(slug: str) -> bool:
    return declarations.department(slug) is not None
