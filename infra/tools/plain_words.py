"""A department's declaration in plain words."""

from collections.abc import Iterator

from schemas.declaration import Action, Department, Forward, Notify, Publish, Reaction, Record, Unpublish

_KINDS = {"withdrawal": "withdraw the page {0}", "gone": "take the page {0} away", "vanish": "remove the page {0} without a trace"}


def told(department: Department) -> Iterator[str]:
    """One line after the other; what belongs under a line is indented."""
    yield f"{department.title} ({department.department})"
    yield f"  Contact: {department.contact}"
    yield f"  AWS accounts: {', '.join(department.accounts) or 'none, it sends events over HTTP alone'}"
    yield from _emits(department)
    yield from _reactions(department)
    yield from _services(department)
    yield from _owns(department)
    yield from _bounds(department)


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
            whom = f"the subscribers of {action.subscribers}" if action.subscribers else action.email_address or action.phone_number
            named = [f"{template} by {channel}" for channel, template in (action.templates or {}).items()]
            return f"notify {whom} with the template {action.template or ' and '.join(named)}"
        case Record():
            return f"append to the register {action.register_name} under {action.key}"
        case Forward():
            return (
                f"hand the event on to the webhook {action.webhook}" if action.webhook else f"hand the event on to the queue {action.queue}"
            )


def _emits(department: Department) -> Iterator[str]:
    yield "May emit"
    for fact, emits in department.emits.items():
        until = f", until {emits.sunset}" if emits.sunset else ""
        yield f"  {department.type_of(fact)} from {emits.source} ({emits.classification}{until}; {emits.owner})"
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


def _services(department: Department) -> Iterator[str]:
    for name, service in department.services.items():
        may = f", may send by {' and '.join(service.permissions)}" if service.permissions else ""
        yield f"Service {name}: {service.title}{may}"
        for key, declared in service.keys.items():
            yield f"  key {key} ({declared.type}): {', '.join(declared.scopes)}"


def _owns(department: Department) -> Iterator[str]:
    for kind, names in (
        ("Templates", [f"{name} ({' and '.join(template.channels())})" for name, template in department.templates.items()]),
        ("Registers", [f"{name}: {register.title}" for name, register in department.registers.items()]),
        ("Webhooks", [f"{name}: {webhook.url}" for name, webhook in department.webhooks.items()]),
        ("Queues", [f"{name}: {queue.arn}" for name, queue in department.queues.items()]),
    ):
        if names:
            yield kind
            yield from (f"  {name}" for name in names)


def _bounds(department: Department) -> Iterator[str]:
    limits = [f"{limit:,} {name.replace('_', ' ')}" for name, limit in department.limits.model_dump(exclude_none=True).items()]
    if limits or department.budget:
        yield "Limits"
        yield from (f"  {limit}" for limit in limits)
    if department.budget:
        yield f"  £{department.budget.monthly_gbp:,} a month"
