"""Load the departments' files, refuse them whole if anything in them is wrong, and compile them into what the functions read.

`schemas/declarations.json` is made at synthesis, travels in the bundles, and is read an entry at a time. Absent means absent: no
key of it is ever null. Its members:

    departments  slug -> {title, contact, accounts, organisation?, home_page?: true, limits, budget?, services: {name: id},
                          registers: [name], sources: [source]}
    removed      slug -> {title, removed}             departments that are no more, and the day on which each went
    sources      source -> slug
    emits        type -> {department, source, owner, classification, retention_days?, sunset?, replaced_by?: fact, deprecated?: date,
                         schema}; a schema is "agency/FloodWarned/1.0.0"
    requests     platform type -> {source: slug}      what departments may ask of the platform themselves, and from which source
    reactions    type -> [{name, kind, if?, …}]       one for each action, in the file's order; `name` is stable, and unique for the type
      publish    path, schema, document_type, title, description?, body, locale, update_type, change_note?
      unpublish  path, as, explanation?, alternative_path?
      notify     service: id, templates: {channel: id}, versions?: {channel: number}, personalisation: {placeholder: text},
                 optional?: {placeholder: field}, and subscribers | email_address | phone_number | postal_address
      record     register, key, item?: {field: text}      without `item`, the event's data is the item
      forward    webhook | queue: name, in this department's `webhooks` and `queues`
    subscriptions type -> [{department, name, fields, subject?: true, if?, webhook?, until?}]       who else has what of it: no field
                          and no subject but what both files say, and until the day (included) that the owner's says
    retention    type -> days                       for how long it is kept, where that is a time of its own
    registers    name -> {department, title, description, key, fields, licence, search?: true, keywords?, update_frequency?, contact?,
                          closed?: true}      closed: of a department that was removed, to read alone
      fields     [{field, datatype, cardinality, text?, required?: true, values?, register?, index?: true}]; `schemas.datatypes`
    services     id -> {department, name, title, keys: {name: {type, scopes}}} and all that `schemas.sending.Sending.compiled` gives
    numbers      a number that texts come to, as 447984404008 -> service id
    templates    id -> {department, service: id, name, title, channel, subject?, body, defaults: {placeholder: text}, unsubscribe?: true,
                        postage?, contact_block?: id, redact}
    webhooks     slug -> {name: {url}}
    queues       slug -> {name: {arn}}

`path`, `title` and every other text of a reaction is for `expressions.render`, `personalisation` and `item` for `expressions.value`, `if`
for `expressions.condition`. `personalisation` and `optional` name what the templates need, and nothing else of the event leaves with the
request: `optional` are fields that may be absent; where one is, or is empty, the template has a default.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from infra import removed, retention
from infra.declaration_checks import between, within
from infra.declaration_source import read
from infra.declared import Declared, declared, newest_schema
from infra.lined_yaml import Problem
from infra.message_checks import defaults, needs, templates_of
from infra.register_fields import fields_of
from infra.removed import Removed
from infra.sharing_checks import lapsed
from schemas.declaration import (
    RECIPIENTS,
    Action,
    Content,
    Department,
    EmailTemplate,
    LetterTemplate,
    Notify,
    Register,
    Service,
)
from schemas.expressions import is_plain_name
from schemas.ids import sender_id, service_id, template_id
from schemas.placeholders import same
from schemas.projection import covers

ROOT = Path(__file__).parents[1]
DEPARTMENTS = ROOT / "infra" / "departments"
SCHEMAS = ROOT / "schemas"
COMPILED = SCHEMAS / "declarations.json"
AS_DECLARED = "declared.json"
"""Beside it, the departments as their files say them, for whoever asks a platform what it was deployed with."""


class DeclarationError(ValueError):
    """The departments' files have mistakes: all of them, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def load(folder: Path = DEPARTMENTS, schemas_root: Path = SCHEMAS, *, day: datetime.date | None = None) -> list[Department]:
    """Read and check every department's file, in the order of their names; raises DeclarationError with all that is wrong.

    With a day, what is no longer shared on it, or was of a department that is no more, counts as wrong where somebody still asks for it.
    """
    problems: list[Problem] = []
    sound = []
    unread = set()
    for path in sorted(folder.glob("*.yaml")):
        source, department, found = read(path, _said(path))
        problems += found
        if department:
            one, found = declared(department, source, schemas_root)
            problems += found
            sound.append(one)
        # A wrong name in one file is no mistake of those that know the department by its right one.
        if not department or department.department != path.stem:
            unread.add(path.stem)
    for one in sound:
        problems += within(one)
    problems += _passed_over(folder)
    gone, found = removed.read(folder)
    problems += found + list(_taken(gone, sound))
    problems += between(sound, unread, gone)
    problems += lapsed(sound, day, gone) if day else ()
    if problems:
        raise DeclarationError(problems)
    return [one.department for one in sound]


def compile(departments: Iterable[Department], schemas_root: Path = SCHEMAS, gone: Iterable[Removed] = ()) -> dict[str, Any]:  # noqa: A001
    """Turn loaded departments into what the functions read (the module's docstring); the same departments give the same result.

    `gone` are those that were removed.
    """
    compiled: dict[str, dict[str, Any]] = {name: {} for name in ("departments", "sources", "emits", "requests", "reactions")}
    departments = list(departments)
    compiled["subscriptions"] = _subscriptions(departments)
    compiled["retention"] = retention.of_their_own(departments)
    compiled |= {name: {} for name in ("registers", "services", "numbers", "templates", "webhooks", "queues")}
    compiled["removed"] = {}
    for one_gone in gone:
        compiled["removed"][one_gone.department] = {"title": one_gone.title, "removed": one_gone.removed.isoformat()}
        closed = {name: _register(one_gone.department, register, {}) | {"closed": True} for name, register in one_gone.registers.items()}
        compiled["registers"] |= closed
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
        compiled["registers"] |= {
            name: _register(slug, register, _schema(one, register.schema_type, schemas_root) if register.schema_type else {})
            for name, register in one.registers.items()
        }
        services = _services(one)
        compiled["services"] |= services
        compiled["numbers"] |= {number: found for found, service in services.items() for number in service["inbound_numbers"]}
        compiled["templates"] |= _templates(one)
        compiled["webhooks"][slug] = {name: _plain(webhook) for name, webhook in one.webhooks.items()}
        compiled["queues"][slug] = {name: _plain(queue) for name, queue in one.queues.items()}
    return compiled


def write(folder: Path = DEPARTMENTS, schemas_root: Path = SCHEMAS, to: Path = COMPILED) -> list[Department]:
    """Load, compile and write the compiled declarations, byte for byte the same for the same files; gives the departments."""
    departments = load(folder, schemas_root)
    _keep(to, laid_out(compile(departments, schemas_root, removed.read(folder)[0])))
    as_declared = {one.department: one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in departments}
    _keep(to.with_name(AS_DECLARED), json.dumps(as_declared, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return departments


def laid_out(compiled: Mapping[str, Mapping[str, Any]]) -> str:
    """The text of what was compiled, an entry a line: `functions/common/compiled.py` finds one without reading the others."""
    members = (
        f"{json.dumps(name)}: {{\n{',\n'.join(f'{_json(key)}: {_json(entry)}' for key, entry in sorted(member.items()))}\n}}"
        for name, member in sorted(compiled.items())
    )
    return f"{{\n{',\n'.join(members)}\n}}\n"


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _keep(file: Path, text: str) -> None:
    # Left alone when it says the same already, so that what is kept until a source changes stays kept.
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        # Whole or not at all, for whoever reads it meanwhile.
        fresh = file.with_suffix(".fresh")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)


def _passed_over(folder: Path) -> Iterator[Problem]:
    """Files that nobody would read, because of how they are called."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            yield Problem(_said(path), 1, "", f"is not read: a department's file ends in .yaml, as {path.stem}.yaml")


def _taken(gone: Iterable[Removed], sound: Iterable[Declared]) -> Iterator[Problem]:
    sources = {one.department.department: one.source for one in sound}
    for name, owner, slug in removed.taken(gone, [one.department for one in sound]):
        yield sources[slug].problem(("registers", name), f"was a register of {owner}, and stays readable: give this one another name")


def _said(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _plain(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _department(one: Department) -> dict[str, Any]:
    chosen = _plain(one)
    kept: dict[str, Any] = {
        name: chosen[name] for name in ("title", "contact", "accounts", "organisation", "limits", "budget") if name in chosen
    }
    if one.home_page:
        kept["home_page"] = True
    services = {name: service_id(one.department, name) for name in one.services}
    return kept | {"services": services, "registers": sorted(one.registers), "sources": _sources(one)}


def _sources(one: Department) -> list[str]:
    return sorted({emits.source for emits in one.emits.values()} | {request.source for request in one.requests.values()})


def _emits(one: Department, schemas_root: Path) -> dict[str, Any]:
    found = {}
    for fact, emits in one.emits.items():
        declaration = _plain(emits)
        del declaration["shares"]
        schema = newest_schema(schemas_root, one.department, fact)
        found[one.type_of(fact)] = {
            "department": one.department,
            "source": declaration.pop("from"),
            **declaration,
            **({"schema": schema.relative_to(schemas_root).with_suffix("").as_posix()} if schema else {}),
        }
    return found


def _subscriptions(departments: Sequence[Department]) -> dict[str, Any]:
    owners = {one.type_of(fact): emits for one in departments for fact, emits in one.emits.items()}
    found: dict[str, Any] = {}
    for one in sorted(departments, key=lambda department: department.department):
        for name, asked in one.subscriptions.items():
            if (owner := owners.get(asked.to)) and (share := owner.shares.get(one.department)):
                subscription = _there(asked, {"webhook"}) | ({"if": asked.if_} if asked.if_ else {})
                subscription |= {"subject": True} if asked.subject and share.subject else {}
                subscription |= {"until": share.until.isoformat()} if share.until else {}
                fields = [path for path in asked.fields if covers(share.fields, path)]
                found.setdefault(asked.to, []).append({"department": one.department, "name": name, "fields": fields, **subscription})
    return found


def _action(one: Department, action: Action, fact: str, schemas_root: Path) -> dict[str, Any]:
    if isinstance(action, Notify):
        return _notify(one, action, _schema(one, fact, schemas_root))
    return _plain(action)


def _notify(one: Department, action: Notify, schema: Mapping[str, Any]) -> dict[str, Any]:
    named = templates_of(one, action)
    given = {same(name): text for name, text in action.personalisation.items()}
    fields = {same(field): field for field in schema.get("properties", {})}
    personalisation: dict[str, str] = {}
    optional: dict[str, str] = {}
    for key, name in {key: name for _, key, name in needs(one, action)}.items():
        if key in given:
            personalisation[name] = given[key]
        elif key in fields and fields[key] in schema.get("required", ()):
            personalisation[name] = _reference(fields[key])
        elif key in fields:
            optional[name] = fields[key]
    services = {one.templates[template].service for template in named.values()}
    chosen = _plain(action)
    return {
        **{name: chosen[name] for name in RECIPIENTS if name in chosen},
        "service": service_id(one.department, services.pop()),
        "templates": {channel: template_id(one.department, name, channel) for channel, name in named.items()},
        **({"versions": action.versions} if action.versions else {}),
        "personalisation": personalisation,
        **({"optional": optional} if optional else {}),
    }


def _reference(field: str) -> str:
    """The text that holds one field of the event."""
    return f"(({field}))" if is_plain_name(field) else f"(({json.dumps(field)}))"


def _schema(one: Department, fact: str, schemas_root: Path) -> Mapping[str, Any]:
    schema = newest_schema(schemas_root, one.department, fact)
    found: Mapping[str, Any] = json.loads(schema.read_text(encoding="utf-8")) if schema else {}
    return found


def _register(slug: str, register: Register, schema: Mapping[str, Any]) -> dict[str, Any]:
    kept = _there(register, {"title", "description", "key", "licence", "search", "keywords", "update_frequency", "contact"})
    return {"department": slug, **kept, "fields": [_there(field) for field in fields_of(register, schema)]}


def _there(model: BaseModel, include: set[str] | None = None) -> dict[str, Any]:
    """What a model says, without what it leaves unsaid: no, and none of them."""
    said = model.model_dump(mode="json", by_alias=True, include=include)
    return {name: value for name, value in said.items() if value not in (None, False, [])}


def _services(one: Department) -> dict[str, Any]:
    return {service_id(one.department, name): _service(one, name, service) for name, service in one.services.items()}


def _service(one: Department, name: str, service: Service) -> dict[str, Any]:
    return {
        "department": one.department,
        "name": name,
        "title": service.title,
        "keys": {key: _plain(declared) for key, declared in service.keys.items()},
        **service.within(one.limits).compiled(service_id(one.department, name)),
    }


def _templates(one: Department) -> dict[str, Any]:
    return {
        template_id(one.department, name, channel): {
            "department": one.department,
            "service": service_id(one.department, template.service),
            "name": name,
            "title": template.title or name.replace("-", " ").capitalize(),
            "channel": channel,
            "defaults": defaults(template, content),
            "redact": template.redact,
            **_content(one, template.service, content),
        }
        for name, template in one.templates.items()
        for channel, content in template.channels().items()
    }


def _content(one: Department, service: str, content: Content) -> dict[str, Any]:
    kept = _plain(content)
    if isinstance(content, EmailTemplate) and not content.unsubscribe:
        del kept["unsubscribe"]
    if isinstance(content, LetterTemplate) and content.contact_block:
        block = one.services[service].contact_blocks[content.contact_block]
        kept["contact_block"] = str(block.id or sender_id(service_id(one.department, service), block.kind, content.contact_block))
    return kept
