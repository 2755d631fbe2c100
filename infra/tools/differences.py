"""What a change of the departments' files would do, in plain words: whom it breaks, by name, and what of it cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.plain_words import comes_in, listed, said
from infra.stages import STAGES, Stage
from schemas import register_versions
from schemas.declaration import Action, Department, Emits, Reaction, Service
from schemas.declared_messages import Template
from schemas.sending import Sending
from schemas.sharing import Share, Subscription

type Sign = Literal["+", "-", "~"]


@dataclass(frozen=True)
class Difference:
    """One thing that changes: what it is about, whether it comes, goes or is another, and what that does."""

    about: str
    sign: Sign
    what: str
    breaks: tuple[str, ...] = ()
    for_good: str = ""


@dataclass(frozen=True)
class State:
    """All departments' files at one time, and their registers as they are compiled."""

    departments: Mapping[str, Department]
    registers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def subscribers(self, type_: str) -> Iterator[tuple[str, str, Subscription]]:
        """Who asks for a type: the department, the subscription's name, and what it asks for."""
        for slug, one in self.departments.items():
            for name, subscription in one.subscriptions.items():
                if subscription.to == type_:
                    yield slug, name, subscription

    def referring(self, register: str) -> list[str]:
        """The registers that hold a register's keys, and whose they are."""
        return [
            f"{other['department']} (register {name})"
            for name, other in self.registers.items()
            if any(one.get("register") == register for one in other["fields"])
        ]


def changed(before: State, after: State) -> list[str]:
    """The departments whose files are not the same, or of whom less stays than before."""
    owners = {one["department"] for state in (before, after) for one in state.registers.values()}
    slugs = sorted(before.departments.keys() | after.departments.keys() | owners)
    return [slug for slug in slugs if before.departments.get(slug) != after.departments.get(slug) or any(differences(slug, before, after))]


def differences(slug: str, before: State, after: State) -> Iterator[Difference]:
    """Everything that changes for one department, and for others because of it."""
    old, new = before.departments.get(slug, _nobody(slug)), after.departments.get(slug, _nobody(slug))
    yield from _who(old, new)
    yield from _emits(old, new, after)
    yield from _requests(old, new)
    yield from _subscriptions(old, new)
    yield from _reactions(old, new)
    yield from _services(old, new)
    yield from _templates(old, new)
    yield from _registers(slug, before, after)
    yield from _places(old, new)
    yield from _bounds(old, new)


def _nobody(slug: str) -> Department:
    return Department.model_construct(department=slug, title="", contact="")


def _who(old: Department, new: Department) -> Iterator[Difference]:
    for name, what in (("title", "it is called"), ("contact", "its contact is")):
        was, now = getattr(old, name), getattr(new, name)
        if was and now and was != now:
            yield Difference("Who it is", "~", f"{what} {now}, no longer {was}")
    yield from _comes_in(old, new)
    if old.organisation != new.organisation:
        yield _other("Who it is", "the page of its organisation", old.organisation, new.organisation)
    if old.home_page != new.home_page:
        sign: Sign = "+" if new.home_page else "-"
        yield Difference("Who it is", sign, f"the page at / is {'its own' if new.home_page else 'no longer its own'}")
    was_told, is_told = old.contacts.model_dump(exclude_none=True), new.contacts.model_dump(exclude_none=True)
    yield from _named("Who it is", "its contact for", was_told, is_told)


def _comes_in(old: Department, new: Department) -> Iterator[Difference]:
    """Who may act as it in AWS: put its events on the bus, and take what comes to its queue."""
    about, organisation = "Who it is", old.aws_organisation or new.aws_organisation
    if organisation and (old.accounts, old.aws_organisation) != (new.accounts, new.aws_organisation):
        was, now = (comes_in(one) if one.accounts or one.aws_organisation else None for one in (old, new))
        yield _other(about, "AWS accounts that may put its events on the bus", was, now, breaks=tuple(_shut_out(old, new)))
    elif not organisation:
        for account in sorted(set(new.accounts) - set(old.accounts)):
            yield Difference(about, "+", f"AWS account {account} may put its events on the bus")
        for account in sorted(set(old.accounts) - set(new.accounts)):
            yield Difference(about, "-", f"AWS account {account} may no longer put its events on the bus", breaks=(f"account {account}",))


def _shut_out(old: Department, new: Department) -> Iterator[str]:
    """Who may no longer act as it, as far as the files tell: who is in an organisation they do not."""
    was, now = old.aws_organisation, new.aws_organisation
    if new.accounts or not now:
        yield from (f"account {account}" for account in old.accounts if account not in new.accounts)
    if was and not old.accounts and (new.accounts or now != was):
        yield f"whoever else is in {was}"
    if now and now != was and old.accounts:
        yield f"those of its accounts that are not in {now}"


def _emits(old: Department, new: Department, after: State) -> Iterator[Difference]:
    about = "What it may say"
    for fact in sorted(old.emits.keys() | new.emits.keys()):
        type_, was, now = old.type_of(fact), old.emits.get(fact), new.emits.get(fact)
        lost = tuple(f"{slug} (subscription {name})" for slug, name, _ in after.subscribers(type_))
        if now and not was:
            yield Difference(about, "+", f"it may say {type_} from {now.source} ({now.classification})")
        elif was and not now:
            yield Difference(about, "-", f"it may no longer say {type_}: such events are refused", breaks=lost)
        elif was and now and was != now:
            yield from _emitted(about, type_, was, now, lost)
        yield from _shares(type_, was.shares if was else {}, now.shares if now else {}, after)


def _emitted(about: str, type_: str, was: Emits, now: Emits, subscribers: tuple[str, ...]) -> Iterator[Difference]:
    if was.source != now.source:
        what = f"{type_} comes from {now.source}: from {was.source} it is refused"
        yield Difference(about, "~", what, breaks=(f"whoever sends it from {was.source}",))
    if was.classification != now.classification:
        yield _other(about, f"{type_}: its classification", was.classification, now.classification)
    if was.retention_days != now.retention_days:
        shorter = [stage.name for stage in STAGES.values() if _days(now, stage) < _days(was, stage)]
        for_good = f"in {listed(shorter)}, what is older than that is deleted" if shorter else ""
        yield _other(about, f"{type_}: the days for which it is kept", was.retention_days, now.retention_days, for_good=for_good)
    if was.sunset != now.sunset:
        is_sooner = now.sunset is not None and (was.sunset is None or now.sunset < was.sunset)
        breaks = (f"whoever sends it after {now.sunset}", *subscribers) if is_sooner else ()
        yield _other(about, f"{type_}: its last day", was.sunset, now.sunset, breaks=breaks)
    if was.deprecated != now.deprecated:
        yield _other(about, f"{type_}: the day on which its end was announced", was.deprecated, now.deprecated)
    if was.replaced_by != now.replaced_by:
        yield _other(about, f"{type_}: what comes in its place", was.replaced_by, now.replaced_by)
    if was.owner != now.owner:
        yield _other(about, f"{type_}: who answers for it", was.owner, now.owner)


def _days(emits: Emits, stage: Stage) -> int:
    return emits.retention_days or stage.archive_days


def _shares(type_: str, was: Mapping[str, Share], now: Mapping[str, Share], after: State) -> Iterator[Difference]:
    about = "What others may have"
    for slug in sorted(was.keys() | now.keys()):
        before, later = was.get(slug), now.get(slug)
        had, has = _consented(before), _consented(later)
        if gained := sorted(has - had):
            until = f" until {later.until}" if later and later.until else ""
            yield Difference(about, "+", f"{slug} may have {listed(gained)} of {type_}{until}: {later.purpose if later else ''}")
        if lost := sorted(had - has):
            asking = [name for who, name, one in after.subscribers(type_) if who == slug and _consented(one) & set(lost)]
            breaks = tuple(f"{slug} (subscription {name})" for name in asking)
            yield Difference(about, "-", f"{slug} may no longer have {listed(lost)} of {type_}: the consent ends", breaks=breaks)
        if before and later and before.until != later.until:
            yield _other(about, f"{type_}: the last day on which {slug} may have it", before.until, later.until)


def _consented(one: Share | Subscription | None) -> set[str]:
    return {*one.fields, *(["the subject"] if one.subject else [])} if one else set()


def _requests(old: Department, new: Department) -> Iterator[Difference]:
    was = {f"{fact} from {one.source}" for fact, one in old.requests.items()}
    now = {f"{fact} from {one.source}" for fact, one in new.requests.items()}
    yield from (Difference("What it may say", "+", f"it may ask the platform itself: {one}") for one in sorted(now - was))
    for one in sorted(was - now):
        yield Difference("What it may say", "-", f"it may no longer ask the platform itself: {one}")


def _subscriptions(old: Department, new: Department) -> Iterator[Difference]:
    about = "What it has of others"
    for name in sorted(old.subscriptions.keys() | new.subscriptions.keys()):
        was, now = old.subscriptions.get(name), new.subscriptions.get(name)
        if was == now:
            continue
        if was:
            yield Difference(about, "-", f"{name}: it no longer gets {_asked(was)}")
        if now:
            yield Difference(about, "+", f"{name}: it gets {_asked(now)}")


def _asked(one: Subscription) -> str:
    where = f"at its webhook {one.webhook}" if one.webhook else "in its queue"
    return f"{listed(sorted(_consented(one)))} of {one.to} {where}{f', where {one.if_}' if one.if_ else ''}"


def _reactions(old: Department, new: Department) -> Iterator[Difference]:
    about, was, now = "What follows", _steps(old), _steps(new)
    for fact, step in [*was, *(one for one in now if one not in was)]:
        before, later = was.get((fact, step)), now.get((fact, step))
        if before == later:
            continue
        if later and not before:
            yield Difference(about, "+", f"{fact}: {_does(*later)}")
        elif before and not later:
            yield Difference(about, "-", f"{fact}: no longer {_does(*before)}{_left(before[1])}")
        elif before and later:
            yield Difference(about, "~", f"{fact}: {step}: {_step_changes(before, later)}")


def _steps(one: Department) -> dict[tuple[str, str], tuple[Reaction, Action]]:
    return {(reaction.when, reaction.step(action)): (reaction, action) for reaction in one.reactions for action in reaction.actions()}


def _does(reaction: Reaction, action: Action) -> str:
    return f"{said(action)}{f', if {reaction.if_}' if reaction.if_ else ''}"


def _left(action: Action) -> str:
    return f" (pages that stand at {action.path} stay as they are)" if action.kind == "publish" and hasattr(action, "path") else ""


def _step_changes(before: tuple[Reaction, Action], after: tuple[Reaction, Action]) -> str:
    was = {"if": before[0].if_, **before[1].model_dump(by_alias=True)}
    now = {"if": after[0].if_, **after[1].model_dump(by_alias=True)}
    found = [f"{name} was {_shown(was.get(name))} and is {_shown(value)}" for name, value in now.items() if was.get(name) != value]
    return listed(found) or "the same, in another place"


def _services(old: Department, new: Department) -> Iterator[Difference]:
    about = "Services and keys"
    for name in sorted(old.services.keys() | new.services.keys()):
        was, now = old.services.get(name), new.services.get(name)
        if now and not was:
            yield Difference(about, "+", f"service {name}: {now.title}")
            yield from (Difference(about, "+", f"key {key} of {name}: {_key(one)}") for key, one in now.keys.items())
        elif was and not now:
            what = f"service {name} is suspended with all its keys, those that the file does not name among them"
            yield Difference(about, "-", what, breaks=(f"whoever uses the keys of {name}",))
        elif was and now:
            yield from _keys(about, name, was.keys, now.keys)
            kept = {"title", *Sending.model_fields} - {"permissions"}
            yield from _named(about, f"service {name}:", was.model_dump(include=kept), now.model_dump(include=kept))
            yield from _permissions(about, name, was, now)


def _permissions(about: str, name: str, was: Service, now: Service) -> Iterator[Difference]:
    if lost := sorted(set(was.permissions) - set(now.permissions)):
        yield Difference(about, "-", f"service {name}: no longer {listed(lost)}", breaks=(f"whoever sends by {listed(lost)} as {name}",))
    if gained := sorted(set(now.permissions) - set(was.permissions)):
        yield Difference(about, "+", f"service {name}: {listed(gained)}")


def _keys(about: str, service: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for key in sorted(was.keys() | now.keys()):
        before, later = was.get(key), now.get(key)
        if later and not before:
            yield Difference(about, "+", f"key {key} of {service}: {_key(later)}")
        elif before and not later:
            yield Difference(
                about, "-", f"key {key} of {service} is declared no more: it opens what it did until an administrator revokes it"
            )
        elif before and later and before != later:
            yield Difference(about, "~", f"key {key} of {service}: {_key(later)}, once it is made again; it was {_key(before)}")


def _key(one: Any) -> str:
    return f"{one.type}, for {listed(one.scopes)}"


def _templates(old: Department, new: Department) -> Iterator[Difference]:
    about = "Messages"
    for name in sorted(old.templates.keys() | new.templates.keys()):
        was, now = old.templates.get(name), new.templates.get(name)
        if now and not was:
            yield Difference(about, "+", f"template {name}, by {listed(_channels(now))}")
        elif was and not now:
            yield Difference(about, "-", f"template {name} is archived", breaks=(f"whoever sends with {name} over HTTP",))
        elif was and now and was != now:
            gone = sorted(set(_channels(was)) - set(_channels(now)))
            what = f"template {name} gets a next version{f', and no longer goes by {listed(gone)}' if gone else ''}"
            yield Difference(about, "~", what, breaks=(f"whoever sends with {name} by {listed(gone)} over HTTP",) if gone else ())


def _channels(template: Template) -> list[str]:
    return list(template.channels())


def _registers(slug: str, before: State, after: State) -> Iterator[Difference]:
    about = "Registers"
    was = {name: one for name, one in before.registers.items() if one["department"] == slug}
    now = {name: one for name, one in after.registers.items() if one["department"] == slug}
    for name in sorted(was.keys() | now.keys()):
        if name not in was:
            yield Difference(about, "+", f"register {name}: {now[name]['title']}", for_good="what is entered in it stays")
        elif name not in now and was[name].get("closed"):
            what = f"register {name}, which was closed, can be read no more: it stays in no file"
            yield Difference(about, "-", what, breaks=(f"the readers of {name}", *after.referring(name)))
        elif name not in now or (now[name].get("closed") and not was[name].get("closed")):
            what = f"register {name} is closed: it can be read and takes no entry"
            yield Difference(about, "-", what, breaks=tuple(after.referring(name)))
        elif was[name] != now[name]:
            broken = register_versions.breaking(register_versions.layout(was[name]), register_versions.layout(now[name]))
            breaks = tuple([f"the readers of {name} ({one})" for one in broken] + (after.referring(name) if broken else []))
            yield Difference(about, "~", f"register {name}: {listed(_parts(was[name], now[name]))}", breaks=breaks)


def _parts(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    fields = {one["field"]: one for one in was["fields"]}, {one["field"]: one for one in now["fields"]}
    found = [f"field {name} is new" for name in fields[1] if name not in fields[0]]
    found += [f"field {name} is gone" for name in fields[0] if name not in fields[1]]
    found += [f"field {name} is another" for name in fields[1] if name in fields[0] and fields[0][name] != fields[1][name]]
    others = sorted((was.keys() | now.keys()) - {"fields"})
    return found + [
        f"{name} was {_shown(was.get(name))} and is {_shown(now.get(name))}" for name in others if was.get(name) != now.get(name)
    ]


def _places(old: Department, new: Department) -> Iterator[Difference]:
    about = "Where events are handed on"
    yield from _named(about, "webhook", {n: one.url for n, one in old.webhooks.items()}, {n: one.url for n, one in new.webhooks.items()})
    yield from _named(about, "queue", {n: one.arn for n, one in old.queues.items()}, {n: one.arn for n, one in new.queues.items()})


def _bounds(old: Department, new: Department) -> Iterator[Difference]:
    yield from _named("Limits", "", old.limits.model_dump(exclude_none=True), new.limits.model_dump(exclude_none=True))
    was, now = old.budget and old.budget.monthly_gbp, new.budget and new.budget.monthly_gbp
    if was != now:
        yield _other("Limits", "pounds a month", was, now)


def _named(about: str, kind: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs between two mappings, by name; what stands in others within them goes by all the names that lead to it."""
    was, now = dict(_flat(was)), dict(_flat(now))
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield _other(about, f"{kind} {name.replace('_', ' ')}".strip(), was.get(name), now.get(name))


def _flat(members: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in members.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{way}{name} ")
        else:
            yield f"{way}{name}", value


def _other(about: str, what: str, was: object, now: object, for_good: str = "", breaks: tuple[str, ...] = ()) -> Difference:
    if was is None:
        return Difference(about, "+", f"{what}: {_shown(now)}", breaks, for_good)
    if now is None:
        return Difference(about, "-", f"{what}: no longer {_shown(was)}", breaks, for_good)
    return Difference(about, "~", f"{what} was {_shown(was)} and is {_shown(now)}", breaks, for_good)


def _shown(value: object) -> str:
    """A value on one line, and no longer than one reads."""
    if value in (None, [], {}, ""):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = listed([_shown(one) for one in value]) if isinstance(value, list) else " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:77]}…"
