"""Load the departments' files, refuse them whole if anything in them is wrong, and compile them into what the functions read.

`schemas/declarations.json` is made at synthesis, travels in the bundles, and is read by dictionary lookups alone. Absent means absent: no
key of it is ever null. Its members:

    departments  slug -> {title, contact, accounts, organisation?, limits, budget?, services: {name: id}, registers: [name],
                          sources: [source]}
    sources      source -> slug
    emits        type -> {department, source, owner, classification, sunset?, schema}; a schema is "agency/FloodWarned/1.0.0"
    requests     platform type -> {source: slug}      what departments may ask of the platform themselves, and from which source
    reactions    type -> [{name, kind, if?, …}]       one for each action, in the file's order; `name` is stable, and unique for the type
      publish    path, schema, document_type, title, description?, body, locale, update_type, change_note?
      unpublish  path, as, explanation?, alternative_path?
      notify     service: id, templates: {channel: id}, personalisation: {placeholder: text}, and subscribers | email_address | phone_number
      record     register, key, item?: {field: text}      without `item`, the event's data is the item
      forward    webhook | queue: name, in this department's `webhooks` and `queues`
    registers    name -> {department, title, description, key, fields: [{field, datatype, cardinality, text?}], licence}
    services     id -> {department, name, title, permissions, guestlist, keys: {name: {type, scopes}}}
    templates    id -> {department, service: id, name, title, channel, subject?, body}
    webhooks     slug -> {name: {url}}
    queues       slug -> {name: {arn}}

`path`, `title` and every other text of a reaction is for `expressions.render`, `personalisation` and `item` for `expressions.value`, `if`
for `expressions.condition`. `personalisation` names all that the templates need, and nothing else of the event leaves with the request.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from infra.declaration_checks import between, declared, folded, newest_schema, placeholders, reference, templates_of, within
from infra.declaration_source import Problem, read
from schemas.declaration import Action, Department, Notify, Register, RegisterField, service_id, template_id

ROOT = Path(__file__).parents[1]
DEPARTMENTS = ROOT / "infra" / "departments"
SCHEMAS = ROOT / "schemas"
COMPILED = SCHEMAS / "declarations.json"


class DeclarationError(ValueError):
    """The departments' files have mistakes: all of them, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def load(folder: Path = DEPARTMENTS, schemas_root: Path = SCHEMAS) -> list[Department]:
    """Read and check every department's file, in the order of their names; raises DeclarationError with all that is wrong."""
    problems: list[Problem] = []
    sound = []
    for path in sorted(folder.glob("*.yaml")):
        source, department, found = read(path, _said(path))
        problems += found
        if department:
            sound.append(declared(department, source, schemas_root))
    for one in sound:
        problems += within(one)
    problems += between(sound)
    if problems:
        raise DeclarationError(problems)
    return [one.department for one in sound]


def compile(departments: Iterable[Department], schemas_root: Path = SCHEMAS) -> dict[str, Any]:  # noqa: A001
    """Turn loaded departments into what the functions read (the module's docstring); the same departments give the same result."""
    compiled: dict[str, dict[str, Any]] = {name: {} for name in ("departments", "sources", "emits", "requests", "reactions")}
    compiled |= {name: {} for name in ("registers", "services", "templates", "webhooks", "queues")}
    for one in sorted(departments, key=lambda department: department.department):
        slug = one.department
        compiled["departments"][slug] = _department(one)
        compiled["sources"] |= dict.fromkeys(_sources(one), slug)
        compiled["emits"] |= _emits(one, schemas_root)
        for fact, request in one.requests.items():
            compiled["requests"].setdefault(f"platform.{fact}", {})[request.source] = slug
        for reaction in one.reactions:
            steps = compiled["reactions"].setdefault(one.type_of(reaction.when), [])
            holds = {"if": reaction.if_} if reaction.if_ else {}
            steps += [
                {"name": reaction.step(action), "kind": action.kind, **holds, **_action(one, action, reaction.when, schemas_root)}
                for action in reaction.actions()
            ]
        compiled["registers"] |= {name: _register(one, register, schemas_root) for name, register in one.registers.items()}
        compiled["services"] |= _services(one)
        compiled["templates"] |= _templates(one)
        compiled["webhooks"][slug] = {name: _plain(webhook) for name, webhook in one.webhooks.items()}
        compiled["queues"][slug] = {name: _plain(queue) for name, queue in one.queues.items()}
    return compiled


def write(folder: Path = DEPARTMENTS, schemas_root: Path = SCHEMAS, to: Path = COMPILED) -> list[Department]:
    """Load, compile and write the compiled declarations, byte for byte the same for the same files; gives the departments."""
    departments = load(folder, schemas_root)
    text = json.dumps(compile(departments, schemas_root), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    # Left alone when it says the same already, so that what is kept until a source changes stays kept.
    if not to.exists() or to.read_text(encoding="utf-8") != text:
        to.write_text(text, encoding="utf-8")
    return departments


def _said(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _department(one: Department) -> dict[str, Any]:
    chosen = _plain(one)
    kept = {name: chosen[name] for name in ("title", "contact", "accounts", "organisation", "limits", "budget") if name in chosen}
    services = {name: service_id(one.department, name) for name in one.services}
    return kept | {"services": services, "registers": sorted(one.registers), "sources": _sources(one)}


def _sources(one: Department) -> list[str]:
    return sorted({emits.source for emits in one.emits.values()} | {request.source for request in one.requests.values()})


def _emits(one: Department, schemas_root: Path) -> dict[str, Any]:
    found = {}
    for fact, emits in one.emits.items():
        declaration = _plain(emits)
        schema = newest_schema(schemas_root, one.department, fact)
        found[one.type_of(fact)] = {
            "department": one.department,
            "source": declaration.pop("from"),
            **declaration,
            **({"schema": schema.relative_to(schemas_root).with_suffix("").as_posix()} if schema else {}),
        }
    return found


def _action(one: Department, action: Action, fact: str, schemas_root: Path) -> dict[str, Any]:
    if isinstance(action, Notify):
        return _notify(one, action, _properties(one, fact, schemas_root))
    return _plain(action)


def _notify(one: Department, action: Notify, fields: Mapping[str, Any]) -> dict[str, Any]:
    named = templates_of(one, action)
    given = {folded(name): (name, text) for name, text in action.personalisation.items()}
    event = {folded(field): reference(field) for field in fields}
    needed = {key: name for template in named.values() for key, name in placeholders(one.templates[template]).items()}
    personalisation = {name: given[key][1] if key in given else event[key] for key, name in needed.items()}
    services = {one.templates[template].service for template in named.values()}
    recipients = _plain(action)
    return {
        **{name: recipients[name] for name in ("subscribers", "email_address", "phone_number") if name in recipients},
        "service": service_id(one.department, services.pop()),
        "templates": {channel: template_id(one.department, name, channel) for channel, name in named.items()},
        "personalisation": personalisation,
    }


def _properties(one: Department, fact: str, schemas_root: Path) -> Mapping[str, Any]:
    schema = newest_schema(schemas_root, one.department, fact)
    found: Mapping[str, Any] = json.loads(schema.read_text(encoding="utf-8")).get("properties", {}) if schema else {}
    return found


def _register(one: Department, register: Register, schemas_root: Path) -> dict[str, Any]:
    if register.schema_type:
        fields = [_register_field(name, schema) for name, schema in _properties(one, register.schema_type, schemas_root).items()]
    else:
        fields = register.fields or []
    kept = register.model_dump(mode="json", include={"title", "description", "key", "licence"})
    return {"department": one.department, **kept, "fields": [_plain(field) for field in fields]}


def _register_field(name: str, schema: Mapping[str, Any]) -> RegisterField:
    """A register's field from an event's: registers know text, integers, datetimes and lists of them (data contract, v1)."""
    item = schema.get("items", {}) if schema.get("type") == "array" else schema
    # A register's datetime may stop at the year, the day or the second; JSON Schema tells the two apart.
    datatype = "datetime" if item.get("format") in ("date", "date-time") else "integer" if item.get("type") == "integer" else "string"
    described = {"text": schema["description"]} if "description" in schema else {}
    return RegisterField.model_validate({"field": name, "datatype": datatype, "cardinality": "1" if item is schema else "n", **described})


def _services(one: Department) -> dict[str, Any]:
    return {
        service_id(one.department, name): {"department": one.department, "name": name, **_plain(service)}
        for name, service in one.services.items()
    }


def _templates(one: Department) -> dict[str, Any]:
    return {
        template_id(one.department, name, channel): {
            "department": one.department,
            "service": service_id(one.department, template.service),
            "name": name,
            "title": template.title or name.replace("-", " ").capitalize(),
            "channel": channel,
            **_plain(content),
        }
        for name, template in one.templates.items()
        for channel, content in template.channels().items()
    }
