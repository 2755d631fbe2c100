"""Make the departments table what the departments' files say, at each deployment: CloudFormation's custom resource.

Nothing is ever deleted: what is declared no more is suspended, with all its keys, and comes back when it is declared again. A department
that is being removed stays suspended while its file is deployed still.
"""

from __future__ import annotations

from collections.abc import Mapping

from functions.common import cloudformation, declarations
from functions.departments import admin_key, standing_down
from functions.departments.services import ADMINISTRATION, PLATFORM, DepartmentLine, NewService, Service
from functions.departments.store import services as store
from schemas.ids import service_id

DEPLOYMENT = "a deployment"
"""Who has what departments' files no longer say undone, or done again."""


def apply() -> None:
    """Bring departments, services and the admin key up to date. Doing it again changes nothing."""
    compiled = declarations.compiled()
    titles = {identity: service["title"] for identity, service in compiled["services"].items()}
    standing = {department.slug: department for department in store.departments()}

    _keep_department(DepartmentLine(slug=PLATFORM, title="Commonweal"), standing)
    admin_key.ensure(_keep_service(PLATFORM, ADMINISTRATION, "Administration"))
    for slug, department in compiled["departments"].items():
        if slug in standing and standing[slug].removing_since:
            continue
        _keep_department(DepartmentLine(slug=slug, title=department["title"], contact=department["contact"]), standing)
        for name, identity in department["services"].items():
            _keep_service(slug, name, titles[identity])
        _follow(slug, declared=frozenset(department["services"]))
    for slug in standing.keys() - compiled["departments"].keys() - {PLATFORM}:
        standing_down.let_go(standing[slug], DEPLOYMENT)


declare = cloudformation.applies(apply, "declarations")


def _keep_department(wanted: DepartmentLine, standing: Mapping[str, DepartmentLine]) -> None:
    known = standing.get(wanted.slug)
    if known and known.suspended_at:
        store.restore_department(wanted, DEPLOYMENT)
    elif known != wanted:
        store.keep_department(wanted)


def _keep_service(slug: str, name: str, title: str) -> Service:
    standing = store.service(service_id(slug, name))
    if standing is None:
        return store.create_service(slug, NewService(name=name, title=title), declared=True)
    if standing.suspended_at or not standing.declared or standing.title != title:
        store.keep_service(standing, title=title, declared=True)
    return standing


def _follow(slug: str, declared: frozenset[str]) -> None:
    """Services that left the file are suspended. Those made over HTTP never were in it: they come and go with their department."""
    for service in store.whole_services_of(slug):
        if service.declared and service.name not in declared and not service.suspended_at:
            store.suspend_service(service)
        if not service.declared and service.suspended_at:
            store.keep_service(service, title=service.title, declared=False)
