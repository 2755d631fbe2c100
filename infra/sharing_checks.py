"""What one department shares with another, and what that other asks for: each must name what is there, and the two must agree.

Of another's event a department gets what its own file asks for and the owner's file shares, and no more. A question without its consent is
a mistake, told where it is asked, with the file in which the consent would stand.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from infra.declared import Declared
from infra.lined_yaml import Place, Problem
from infra.removed import Removed
from schemas.envelope import owner_of
from schemas.expression_checks import check, suggestion
from schemas.projection import CannotProject, covers, projected_schema
from schemas.sharing import SUBSCRIPTIONS, Share, Subscription


def within(one: Declared) -> Iterator[Problem]:
    """What can be wrong in one file alone: fields that an event has not, a webhook that is not there, two wishes for one place."""
    department, problem = one.department, one.source.problem
    for fact, emits in department.emits.items():
        for slug, share in emits.shares.items():
            place: Place = ("emits", fact, "shares", slug)
            if slug == department.department:
                yield problem(place, "is the department itself, which has all of its own events: leave this out")
            yield from _nowhere(one, one, fact, share, place).values()
    if SUBSCRIPTIONS in department.queues:
        kept = "is the name of the queue that the platform keeps for what the department subscribes to: give this one another name"
        yield problem(("queues", SUBSCRIPTIONS), kept)
    taken: dict[tuple[str, str | None], str] = {}
    for name, subscription in department.subscriptions.items():
        place = ("subscriptions", name)
        if owner_of(subscription.to) == department.department:
            yield problem((*place, "to"), f"{subscription.to} is its own event: a reaction hands that on, with forward")
        if subscription.webhook and subscription.webhook not in department.webhooks:
            hint = suggestion(subscription.webhook, department.webhooks)
            yield problem((*place, "webhook"), f'"{subscription.webhook}" is not a declared webhook{hint}')
        # Whoever receives an event tells a second delivery by its id.
        if (first := taken.setdefault((subscription.to, subscription.webhook), name)) != name:
            where = f"the webhook {subscription.webhook}" if subscription.webhook else "the department's queue"
            yield problem(
                place, f"would bring {subscription.to} to {where} again, as {first} does: make them one, or give one a webhook of its own"
            )


def between(all_of_them: Iterable[Declared], unread: Collection[str] = ()) -> Iterator[Problem]:
    """What can be wrong between two: a department or an event that is not there, and a wish without the owner's consent.

    Of a department in `unread`, whose file has mistakes of its own, nobody else is told anything.
    """
    known = {one.department.department: one for one in all_of_them}
    for slug, one in known.items():
        for fact, emits in one.department.emits.items():
            for with_ in emits.shares.keys() - known.keys() - set(unread):
                yield one.source.problem(("emits", fact, "shares", with_), f"is not a declared department{suggestion(with_, known)}")
        for name, subscription in one.department.subscriptions.items():
            if owner_of(subscription.to) not in (slug, *unread):
                yield from _subscription(one, known, subscription, ("subscriptions", name))


def lapsed(all_of_them: Iterable[Declared], day: datetime.date, gone: Sequence[Removed] = ()) -> Iterator[Problem]:
    """Subscriptions to what is no longer shared on this day, or was an event of a department in `gone`, which was removed.

    Not among what stops a deployment: a day that passes, or another's end, would stop everybody's, and a return to what was deployed
    before. What is no longer shared stops by itself.
    """
    known = {one.department.department: one for one in all_of_them}
    removed = {one.department: one.removed for one in gone if one.department not in known}
    for slug, one in known.items():
        for name, subscription in one.department.subscriptions.items():
            owner = known.get(owner_of(subscription.to))
            if day_of_end := removed.get(owner_of(subscription.to)):
                ended = f"{owner_of(subscription.to)} was removed on {day_of_end}, and nothing of {subscription.to} comes any more"
                yield one.source.problem(("subscriptions", name), f"{ended}: leave this out")
            share = _share(owner, subscription, slug) if owner else None
            if owner and share and share.until and share.until < day:
                ended = f"{owner.source.file} shared this until {share.until}, and nothing comes any more"
                yield one.source.problem(("subscriptions", name), f"{ended}: agree on a later day, or leave this out")


def _subscription(one: Declared, known: Mapping[str, Declared], subscription: Subscription, place: Place) -> Iterator[Problem]:
    problem, slug = one.source.problem, one.department.department
    name = owner_of(subscription.to)
    owner = known.get(name)
    if owner is None:
        yield problem((*place, "to"), f'"{name}" is not a declared department{suggestion(name, known)}')
        return
    fact = subscription.to.removeprefix(f"{name}.")
    if fact not in owner.department.emits:
        yield problem((*place, "to"), f'"{fact}" is not an event of {name}{suggestion(fact, owner.department.emits)}')
        return
    nowhere = _nowhere(one, owner, fact, subscription, place)
    yield from nowhere.values()
    share = _share(owner, subscription, slug)
    if share is None:
        yield problem(
            place, f"{name} shares nothing of {fact} with {slug}: {owner.source.file} would say so, in emits.{fact}.shares.{slug}"
        )
        return
    for index, path in enumerate(subscription.fields):
        if index not in nowhere and not covers(share.fields, path):
            yield problem((*place, "fields", index), f'"{path}" is not shared: {owner.source.file} shares {", ".join(share.fields)}')
    if subscription.subject and not share.subject:
        yield problem((*place, "subject"), f"is not shared: {owner.source.file} shares {', '.join(share.fields)} without the subject")
    if subscription.if_ is not None and not nowhere and fact in owner.schemas:
        arrives = projected_schema(owner.schemas[fact], subscription.fields)
        for found in check(subscription.if_, arrives, "condition", of=f"what {'.'.join(map(str, place))} asks for"):
            yield problem((*place, "if"), found)


def _share(owner: Declared, subscription: Subscription, slug: str) -> Share | None:
    emits = owner.department.emits.get(subscription.to.partition(".")[2])
    return emits.shares.get(slug) if emits else None


def _nowhere(one: Declared, owner: Declared, fact: str, named: Share | Subscription, place: Place) -> dict[int, Problem]:
    """Which of the paths that a file names lead nowhere in the newest schema of a fact, by their place among them."""
    found: dict[int, Problem] = {}
    for index, path in enumerate(named.fields if fact in owner.schemas else ()):
        try:
            projected_schema(owner.schemas[fact], [path], of=owner.department.type_of(fact))
        except CannotProject as cannot:
            found[index] = one.source.problem((*place, "fields", index), f"{cannot}{suggestion(cannot.name, cannot.known)}")
    return found
