"""What must hold of messages in departments' files: their templates, whom they go to, what fills them, and what they are sent with.

Each check gives `Problem`s; none stops at the first.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.declared import Declared
from infra.lined_yaml import Place, Problem
from schemas.declaration import RECIPIENTS, Content, Department, Notify, Template
from schemas.expression_checks import suggestion
from schemas.grammar import mailbox_of
from schemas.messages import Channel
from schemas.placeholders import names, same

REACHED_BY: Mapping[str, tuple[Channel, ...]] = {
    "subscribers": ("email", "sms"),
    "email_address": ("email",),
    "phone_number": ("sms",),
    "postal_address": ("letter",),
}
"""The channels on which each kind of recipient may be told."""


def placeholders(*contents: Content) -> dict[str, str]:
    """The names that these need filled, as they are compared and as first written."""
    found: dict[str, str] = {}
    for content in contents:
        for text in (getattr(content, "subject", ""), content.body):
            for name in names(text):
                found.setdefault(same(name), name.strip())
    return found


def defaults(template: Template, content: Content) -> dict[str, str]:
    """The template's defaults for what one channel needs filled, under the names the file gives them."""
    needed = placeholders(content)
    return {name: text for name, text in template.defaults.items() if same(name) in needed}


def recipient_of(notify: Notify) -> str:
    """Which of `RECIPIENTS` a notification names."""
    return next(name for name in RECIPIENTS if getattr(notify, name) is not None)


def templates_of(department: Department, notify: Notify) -> dict[Channel, str]:
    """The template's name for each channel that a notification may go out on."""
    if notify.templates:
        return notify.templates
    if not notify.template or notify.template not in department.templates:
        return {}
    channels = department.templates[notify.template].channels()
    return {channel: notify.template for channel in channels if channel in REACHED_BY[recipient_of(notify)]}


def needs(department: Department, notify: Notify) -> Iterator[tuple[str, str, str]]:
    """What a notification's templates need filled: the template's name, the placeholder folded, and as it is written; each once."""
    contents: dict[str, list[Content]] = {}
    for channel, name in templates_of(department, notify).items():
        if name in department.templates and (content := department.templates[name].channels().get(channel)):
            contents.setdefault(name, []).append(content)
    for name in sorted(contents):
        for key, spelling in placeholders(*contents[name]).items():
            yield name, key, spelling


def templates(one: Declared) -> Iterator[Problem]:
    """What is wrong with a department's templates."""
    problem, services = one.source.problem, one.department.services
    for name, template in one.department.templates.items():
        place: Place = ("templates", name)
        yield from _defaults(one, template, place)
        if template.service not in services:
            yield problem((*place, "service"), f'"{template.service}" is not a declared service{suggestion(template.service, services)}')
            continue
        service = services[template.service]
        for channel in sorted(template.channels().keys() - set(service.permissions)):
            yield problem((*place, channel), f"service {template.service} has no permission for {channel}")
        block = template.letter.contact_block if template.letter else None
        if block and block not in service.contact_blocks:
            hint = suggestion(block, service.contact_blocks)
            yield problem((*place, "letter", "contact_block"), f'"{block}" is not a contact block of service {template.service}{hint}')


def notify(one: Declared, action: Notify, place: Place, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a notification, for events whose data this schema describes."""
    problem, known = one.source.problem, one.department.templates
    yield from _named(one, action, place)
    chosen = {channel: known[name] for channel, name in templates_of(one.department, action).items() if name in known}
    services = {template.service for template in chosen.values()}
    if len(services) > 1:
        yield problem(place, f"its templates belong to different services: {', '.join(sorted(services))}")
    if action.service and action.service not in one.department.services:
        yield problem(
            (*place, "service"), f'"{action.service}" is not a declared service{suggestion(action.service, one.department.services)}'
        )
    elif action.service and services and services != {action.service}:
        yield problem((*place, "service"), f"the template belongs to service {', '.join(sorted(services))}")
    for channel in action.versions.keys() - chosen.keys() if chosen else ():
        yield problem((*place, "versions", channel), f"this notification does not go out by {channel}")
    yield from _personalisation(one, action, place, schema)


def shared(all_of_them: Iterable[Declared]) -> Iterator[Problem]:
    """What no two services can both have: a number that texts come to, and a mailbox that emails come from."""
    numbers: dict[str, str] = {}
    mailboxes: dict[str, str] = {}
    for one in all_of_them:
        for name, service in one.department.services.items():
            place: Place = ("services", name)
            this = f"{one.department.department}'s service {name}"
            for index, number in enumerate(service.inbound_numbers):
                if (owner := numbers.setdefault(number, this)) != this:
                    yield one.source.problem((*place, "inbound_numbers", index), f"+{number} is already a number of {owner}")
            mailbox = mailbox_of(service.email_name or name)
            if "email" in service.permissions and (owner := mailboxes.setdefault(mailbox, this)) != this:
                what = f'"{mailbox}" is already the mailbox that {owner} sends from: give this one another'
                yield one.source.problem((*place, "email_name"), what)


def _named(one: Declared, action: Notify, place: Place) -> Iterator[Problem]:
    """What is wrong with the templates that a notification names, seen from whom it goes to."""
    problem, known = one.source.problem, one.department.templates
    recipient = recipient_of(action)
    reached_by = REACHED_BY[recipient]
    if action.template and action.template not in known:
        yield problem((*place, "template"), f'"{action.template}" is not a declared template{suggestion(action.template, known)}')
    elif action.template and not templates_of(one.department, action):
        yield problem((*place, recipient), f"needs a template with {' or '.join(reached_by)}")
    for channel, name in (action.templates or {}).items():
        where: Place = (*place, "templates", channel)
        if channel not in reached_by:
            yield problem(where, f"{channel} does not reach {recipient}, which needs {' or '.join(reached_by)}")
        elif name not in known:
            yield problem(where, f'"{name}" is not a declared template{suggestion(name, known)}')
        elif channel not in known[name].channels():
            yield problem(where, f'template "{name}" has no {channel}')


def _personalisation(one: Declared, action: Notify, place: Place, schema: Mapping[str, Any]) -> Iterator[Problem]:
    given = {same(name) for name in action.personalisation}
    fields = {same(field): field for field in schema.get("properties", {})}
    for name, key, spelling in needs(one.department, action):
        if key in given | {same(default) for default in one.department.templates[name].defaults}:
            continue
        if key not in fields:
            hint = suggestion(spelling, [*fields.values(), *action.personalisation])
            unfilled = "no field of the event, not in personalisation, and without a default"
            yield one.source.problem(place, f"template {name} needs (({spelling})): {unfilled}{hint}")
        elif fields[key] not in schema.get("required", ()):
            field = fields[key]
            otherwise = f"give the template a default, or personalisation as (({field} || 'none'))"
            yield one.source.problem(place, f"template {name} needs (({spelling})), and {field} may be absent: {otherwise}")


def _defaults(one: Declared, template: Template, place: Place) -> Iterator[Problem]:
    needed = placeholders(*template.channels().values())
    seen: dict[str, str] = {}
    for name in template.defaults:
        where: Place = (*place, "defaults", name)
        if same(name) not in needed:
            yield one.source.problem(where, f"is not a placeholder of this template{suggestion(name, list(needed.values()))}")
        elif (first := seen.setdefault(same(name), name)) != name:
            yield one.source.problem(where, f"is the same placeholder as {first}")
