"""A department's declaration in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schemas.declaration import Action, Department, Forward, Notify, Publish, Reaction, Record, Service, Unpublish
from schemas.grammar import mailbox_of
from schemas.ids import service_id, template_id
from schemas.sharing import Share, Subscription

_KINDS = {"withdrawal": "withdraw the page {0}", "gone": "take the page {0} away", "vanish": "remove the page {0} without a trace"}
_WORDS = {
    "email": "email",
    "sms": "text",
    "letter": "letter",
    "international_sms": "text abroad",
    "sms_to_uk_landlines": "text to landlines",
    "international_letters": "letter abroad",
}
"""What a service may send by, as people say it."""


def told(department: Department) -> Iterator[str]:
    """One line after the other; what belongs under a line is indented."""
    yield f"{department.title} ({department.department})"
    yield f"  Contact: {department.contact}"
    for matter, address in department.contacts.model_dump(exclude_none=True).items():
        yield f"  Contact for {matter.replace('_', ' ')}: {address}"
    yield f"  AWS accounts: {comes_in(department)}"
    if department.organisation:
        yield f"  The page of its organisation: {department.organisation}"
    if department.home_page:
        yield "  The home page is its own"
    yield from _emits(department)
    yield from _reactions(department)
    yield from _subscriptions(department)
    yield from _services(department)
    yield from _owns(department)
    yield from _bounds(department)


def comes_in(department: Department) -> str:
    """Whose events the bus takes straight from AWS."""
    named, organisation = ", ".join(department.accounts), department.aws_organisation
    if not organisation:
        return named or "none, it sends events over HTTP alone"
    return f"{named}, each while it is in the organisation {organisation}" if named else f"all that are in the organisation {organisation}"


def said(action: Action) -> str:
    """What one action does."""
    match action:
        case Publish():
            return f"publish a page at {action.path} ({action.schema_name}, {action.document_type}) titled {action.title!r}"
        case Unpublish(as_="redirect"):
            return f"redirect the page {action.path} to {action.alternative_path}"
        case Unpublish():
            return _KINDS[action.as_].format(action.path)
        case Notify():
            return _notified(action)
        case Record():
            return f"append to the register {action.register_name} under {action.key}"
        case Forward():
            return (
                f"hand the event on to the webhook {action.webhook}" if action.webhook else f"hand the event on to the queue {action.queue}"
            )


def _notified(action: Notify) -> str:
    whom = action.email_address or action.phone_number or ", ".join((action.postal_address or "").splitlines())
    if action.subscribers:
        whom = f"the subscribers of {action.subscribers}"
    named = [f"{template} by {_WORDS[channel]}" for channel, template in (action.templates or {}).items()]
    pinned = [f"version {version} by {_WORDS[channel]}" for channel, version in action.versions.items()]
    return f"notify {whom} with the template {action.template or listed(named)}{f', {listed(pinned)}' if pinned else ''}"


def _emits(department: Department) -> Iterator[str]:
    yield "May emit"
    for fact, emits in department.emits.items():
        kept = f", kept {emits.retention_days} days" if emits.retention_days else ""
        until = f", until {emits.sunset}" if emits.sunset else ""
        yield f"  {department.type_of(fact)} from {emits.source} ({emits.classification}{kept}{until}; {emits.owner})"
        if emits.deprecated:
            yield f"    its end was announced on {emits.deprecated}"
        if emits.replaced_by:
            yield f"    it is replaced by {department.type_of(emits.replaced_by)}"
        for slug, share in emits.shares.items():
            ends = f", until {share.until}" if share.until else ""
            yield f"    shares with {slug}{ends}: {_shown(share)}"
            yield f"      for: {share.purpose}"
    for fact, request in department.requests.items():
        yield f"  platform.{fact} from {request.source}"
    if not department.emits and not department.requests:
        yield "  nothing"


def _reactions(department: Department) -> Iterator[str]:
    for fact in dict.fromkeys(reaction.when for reaction in department.reactions):
        yield f"When it emits {fact}"
        for reaction in department.reactions:
            if reaction.when == fact:
                yield from _reaction(reaction)


def _reaction(reaction: Reaction) -> Iterator[str]:
    yield f"  if {reaction.if_}:" if reaction.if_ else "  always:"
    for action in reaction.actions():
        yield f"    {said(action)}"


def _subscriptions(department: Department) -> Iterator[str]:
    for name, subscription in department.subscriptions.items():
        where = f"at the webhook {subscription.webhook}" if subscription.webhook else "in its queue"
        yield f"Subscribes to {subscription.to} ({name}), {where}"
        yield f"  asks for: {_shown(subscription)}"
        yield f"  {f'if {subscription.if_}' if subscription.if_ else 'always'}, for: {subscription.purpose}"


def _shown(agreed: Share | Subscription) -> str:
    return listed([*agreed.fields, *(["the subject"] if agreed.subject else [])])


def _services(department: Department) -> Iterator[str]:
    for name, service in department.services.items():
        by = [_WORDS[permission] for permission in service.permissions if permission in _WORDS]
        identity = service_id(department.department, name)
        yield f"Service {name}: {service.title}{f', may send by {listed(by)}' if by else ''}"
        yield f"  its id is {identity}"
        for key, declared in service.keys.items():
            yield f"  key {key} ({declared.type}): {', '.join(declared.scopes)}"
        if service.permissions:
            compiled = service.within(department.limits).compiled(identity)
            yield from (f"  {line}" for line in _sending(service, name, compiled))


def _sending(service: Service, name: str, compiled: Mapping[str, Any]) -> Iterator[str]:
    """What a service sends with, a line for each thing that it has; `compiled` is what that comes to, with all defaults."""
    if service.trial:
        yield "in trial mode: only to its team and guestlist, 50 emails and 50 texts a day, and no letters"
    for kind, people in (("team", service.team), ("guestlist", service.guestlist)):
        if people:
            yield f"{kind}: {', '.join(people)}"
    if "email" in service.permissions:
        yield f"emails come from the mailbox {mailbox_of(service.email_name or name)}"
    yield from _senders("answers to emails go to", "address", compiled["reply_to"])
    yield from _senders("texts come from", "sender", compiled["text_senders"])
    if "sms" in service.permissions:
        yield f"texts begin with '{service.title}: '" if service.text_prefix else "texts do not begin with its name"
    yield from _senders("letters come from", "lines", compiled["contact_blocks"])
    if service.inbound_numbers:
        yield f"receives texts to {listed([f'+{number}' for number in service.inbound_numbers])}"
    yield f"keeps emails {service.retention_days.email} days, texts {service.retention_days.sms}, letters {service.retention_days.letter}"
    yield f"at most {listed([f'{limit:,} {_spoken(limited)}' for limited, limit in compiled['limits'].items()])}"
    for key, callback in service.callbacks.items():
        yield f"callback {key}: tells {callback.url} of {listed(callback.for_)} (keys: {', '.join(callback.key_types)})"


def _senders(what: str, field: str, senders: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for identity, sender in senders.items():
        value = ", ".join(sender[field].splitlines())
        yield f"{what} {value} ({sender['name']}{', unless another is named' if sender['default'] else ''}; {identity})"


def _templates(department: Department) -> Iterator[str]:
    for name, template in department.templates.items():
        yield f"{name} ({listed([_WORDS[channel] for channel in template.channels()])})"
        for channel in template.channels():
            yield f"  its {_WORDS[channel]} is {template_id(department.department, name, channel)}"
        if template.email and template.email.unsubscribe:
            yield "  emails end with a link to unsubscribe"
        if template.letter:
            whose = template.letter.contact_block
            yield f"  letters go {template.letter.postage} class{f', from {whose}' if whose else ''}"
        for placeholder, text in template.defaults.items():
            yield f"  (({placeholder})) is {text!r} where nobody says"
        if template.redact:
            yield "  what was filled in is hidden once it is sent"


def _owns(department: Department) -> Iterator[str]:
    for kind, lines in (
        ("Templates", list(_templates(department))),
        ("Registers", [f"{name}: {register.title}" for name, register in department.registers.items()]),
        ("Webhooks", [f"{name}: {webhook.url}" for name, webhook in department.webhooks.items()]),
        ("Queues", [f"{name}: {queue.arn}" for name, queue in department.queues.items()]),
    ):
        if lines:
            yield kind
            yield from (f"  {line}" for line in lines)


def _bounds(department: Department) -> Iterator[str]:
    limits = [f"{limit:,} {_spoken(name)}" for name, limit in department.limits.model_dump(exclude_none=True).items()]
    if limits or department.budget:
        yield "Limits"
        yield from (f"  {limit}" for limit in limits)
    if department.budget:
        yield f"  £{department.budget.monthly_gbp:,} a month"


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: `email, text and letter`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _spoken(limit: str) -> str:
    """The name of a limit as it is said: `texts a day`."""
    return limit.replace("_per_", " a ").replace("_", " ")
