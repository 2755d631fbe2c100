"""`commonweal explain`: why an event did something, or did not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.tools.failures import Failed
from infra.tools.screen import aligned, as_json, screen
from infra.tools.target import StageName

if TYPE_CHECKING:
    from infra.catalogue.templates import Rule
    from infra.tools.sending import Event
    from schemas.envelope import CloudEvent

ROOT = Path(__file__).parents[2]


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CloudEvent in JSON, or an event as AWS's own services say it.")],
    stage: StageName = "local",
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say which rules of a stage match an event, and for each that does not, every condition that fails; then what reacts to it, and why.

    Before all that, whether it would be refused, and why: no rule sees an event that is not taken in.
    The rules are those of the templates as they are synthesised from the files here, which is done where it was not. Nothing is sent.
    """
    from infra.tools import rehearsal
    from infra.tools.dry_run import compile_declarations, print_refusal, print_steps

    said = _read(file)
    compile_declarations()
    refusals = _refusals(said)
    reasons, entry = _asked(said, stage)
    told = _known(entry)
    reactions, parts = (rehearsal.reactions(told), rehearsal.subscriptions(told)) if told else ([], [])
    if json:
        asked = {"reactions": [step.wire() for step in reactions], "subscriptions": [step.wire() for step in parts]}
        rules = {"matches": [name for name, why in reasons.items() if not why], "not": {name: why for name, why in reasons.items() if why}}
        as_json(({"refused": refusals} if refusals else {}) | rules | asked)
        return
    to = screen()
    to.print(f"\n[bold]{entry['detail-type']}[/] from {entry['source']}\n")
    if refusals:
        print_refusal(refusals)
        to.print("\nIf it were on the bus all the same:\n")
    to.print("Rules that match:")
    for name in [name for name, why in reasons.items() if not why] or ["none"]:
        to.print(f"  {name}", markup=False)
    to.print("\nRules that do not:")
    for line in aligned([(f"  {name if place == 0 else ''}", reason) for name, why in reasons.items() for place, reason in enumerate(why)]):
        to.print(line, style="dim", markup=False, soft_wrap=True)
    if told:
        print_steps("reaction", reactions, texts=False)
        print_steps("subscription", parts, texts=False)


def synthesised(stage: str) -> "tuple[Rule, ...]":
    """The rules of a stage, from its templates. Raises Failed where there is no such stage, or it does not synthesise."""
    from infra.catalogue.templates import deployed
    from infra.local.synth import SynthesisFailed, synthesise
    from infra.stages import STAGES

    if stage not in STAGES:
        raise Failed(f"There is no stage {stage!r}: there are {', '.join(STAGES)}.")
    try:
        with screen().status("Synthesising, where a source has changed"):
            home = synthesise(ROOT, stage)
    except SynthesisFailed as failed:
        raise Failed(str(failed)) from None
    return deployed(home, STAGES[stage]).rules


def _asked(said: "Event", name: str) -> "tuple[dict[str, list[str]], Event]":
    """Why each rule does not take an event, nothing where it does; and the event as EventBridge shows it to them."""
    from infra.catalogue.pattern import InvalidPattern, delivered
    from infra.stages import STAGES

    def why_not(rule: "Rule") -> list[str]:
        try:
            return rule.why_not(entry)
        except InvalidPattern as wrong:
            return [f"EventBridge would refuse the rule: {wrong}"]

    found, stage = synthesised(name), STAGES[name]
    # What AWS itself says is in the shape already in which EventBridge hands it on.
    entry = said if "detail-type" in said else delivered(said, stage.account, stage.region)
    return {rule.name: why_not(rule) for rule in found}, entry


def _refusals(said: "Event") -> list[dict[str, str]]:
    """Why ingress would not take an event in. It is not asked about the platform's own events, nor what a bus has delivered."""
    from infra.tools.dry_run import vet
    from schemas.envelope import PLATFORM_SOURCES

    if "detail-type" in said or str(said.get("source")).startswith(PLATFORM_SOURCES):
        return []
    _, refusals = vet(said)
    return refusals


def _read(file: Path) -> "Event":
    import json

    from infra.tools import sending

    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return sending.read(file)  # which says what is wrong with it
    if isinstance(found, dict) and {"detail-type", "source"} <= found.keys():
        return found
    return sending.read(file)


def _known(entry: "Event") -> "CloudEvent | None":
    """The CloudEvent inside, where it is one: reactions are asked of nothing else."""
    from pydantic import ValidationError

    from schemas.envelope import CloudEvent

    try:
        return CloudEvent.model_validate(entry["detail"])
    except (ValidationError, KeyError):
        return None
