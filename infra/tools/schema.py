"""`commonweal schema`: the contracts of events, and of registers."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.tools.failures import Failed
from infra.tools.screen import amount, screen

if TYPE_CHECKING:
    from infra.catalogue.templates import Rule

REPOSITORY = Path(__file__).parents[2]
DEPARTMENTS = REPOSITORY / "infra" / "departments"

commands = typer.Typer(
    help="The contracts of events and registers: write those said elsewhere, check that versions can stand beside each other.",
    no_args_is_help=True,
)


@commands.command()
def export() -> None:
    """Write the platform's events and the form of a department's file into schemas/, and the fields of registers; print what changed."""
    from schemas import export as platform
    from schemas import register_versions

    registers, mistakes = _sound_registers()
    if mistakes:
        raise Failed("\n".join([*mistakes, "Mend this first: nothing was written."]))
    changed = [*platform.write(), *register_versions.write(registers)]
    for path in changed:
        screen().print(str(_from_here(path)), markup=False)
    screen().print(f"{amount(len(changed), 'file')} written.")


@commands.command()
def check(
    against: Annotated[str, typer.Option(metavar="COMMIT", help="What was published.", show_default="where this branch left main")] = "",
) -> None:
    """Compare all versions of every schema: what one may write, each other must be able to read. Exits with 1 where not, and says whom.

    Compared are the files as they stand here, with each other and with what was published: what main had when this branch left it, and on
    main what was committed last. A register's fields must keep what each of their published versions promised. The platform's own
    functions are named by the rules that were synthesised last for this machine.
    """
    from infra.tools import breaking, users
    from infra.tools.published import published
    from schemas import register_versions
    from schemas.registry import ROOT, every_schema

    everybody, rules = users.departments(DEPARTMENTS), _deployed()
    with published(REPOSITORY, "schemas", against=against) as before:
        broken = breaking.breaks(ROOT, everybody, before.folder / "schemas" if before else None, rules)
    registers, mistakes = _sound_registers()
    # Of a file with mistakes nobody knows which registers it declares.
    promises = [] if mistakes else register_versions.check(registers)
    for finding in [*map(str, broken), *promises, *mistakes]:
        screen().print(finding, style="red", markup=False, soft_wrap=True)
    versions = every_schema()
    types = {version.type for version in versions}
    compared = f"{amount(len(versions), 'version')} of {amount(len(types), 'type')}"
    compared += " compared" if mistakes else f" and {amount(len(registers), 'register')} compared"
    beside = f"with each other and with {before.of}" if before else "with each other alone: git knows no schemas that were published"
    found = len(broken) + len(promises) + len(mistakes)
    screen().print(f"{compared}, {beside}.", markup=False, soft_wrap=True)
    if mistakes:
        screen().print("No register is compared while the departments' files have mistakes.", style="yellow", markup=False)
    if broken and not rules:
        screen().print("No function is named: nothing was synthesised here yet (make run, make synth).", style="yellow", markup=False)
    screen().print(f"{amount(found, 'problem')}.")
    raise typer.Exit(1 if found else 0)


@commands.command("users")
def list_users(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="E.g. environment-agency.FloodWarningIssued.v1.")],
    key: Annotated[str, typer.Option(help="A key of the type's department with the scope events:emit; else this machine's.")] = "",
    url: Annotated[str, typer.Option(help="Where the platform is; else this machine's.")] = "",
) -> None:
    """List who says a type and who reads it; of a type that is to end also who still said it lately, as a running platform has counted."""
    from infra.tools import users
    from schemas.registry import ROOT, versions

    if not versions(type_):
        raise Failed(f"{type_} has no schema here: a type reads <owner>.<Fact>.v<major>.")
    known = {name for schema in versions(type_, ROOT) for name in schema.definition.get("properties", {})}
    for line in users.told(users.users(type_, users.departments(DEPARTMENTS), _deployed(), known)):
        screen().print(line, markup=False, soft_wrap=True)
    for line in _counted(type_, url, key):
        screen().print(line, markup=False, soft_wrap=True)


def _counted(type_: str, url: str, key: str) -> Iterator[str]:
    """When a type ends, and who said it lately; nothing where no platform runs here and none is named."""
    from infra.tools import running, sending

    try:
        key, url = key or running.emitting_key(type_.partition(".")[0]), url or running.url()
        with sending.connection(url, key) as http:
            answer = http.get(f"/events/types/{type_}")
    except Failed as failed:
        if url:
            raise
        stopped = str(failed) == running.NOT_RUNNING
        yield "Who said it lately is counted by a running platform, and none runs here." if stopped else f"Who said it lately: {failed}"
        return
    if answer.status_code == 401:
        owner = type_.partition(".")[0]
        raise Failed(f"The platform at {url} refuses the key: it was revoked, or is another platform's. Give one of {owner} with --key.")
    if answer.status_code != 200:
        raise Failed(f"The platform at {url} was asked who says {type_}, and answered with {answer.status_code}.")
    told = answer.json()
    if not told.get("sunset"):
        yield "It is not to end, so who says it is not counted."
        return
    yield f"It is taken until {told['sunset']}{f', and {told["replaced_by"]} follows it' if told.get('replaced_by') else ''}."
    for said in told["producers"]:
        yield f"  {said['day']}  {said['department']}  {_service(said['service'])}  at least {amount(said['events'], 'event')}"


def _service(name: str) -> str:
    from functions.common import declarations

    declared = declarations.service(name)
    return f"service {declared['name']}" if declared else "its own AWS account" if name == "account" else f"service {name}"


def _deployed() -> "tuple[Rule, ...]":
    """The rules of this machine's stage as they were synthesised last; none where they never were."""
    from infra.catalogue.templates import deployed
    from infra.local.synth import assembly
    from infra.stages import STAGES

    return deployed(assembly(REPOSITORY, "local"), STAGES["local"]).rules


def _sound_registers() -> tuple[Mapping[str, Mapping[str, Any]], list[str]]:
    """Every register, compiled, those of departments that were removed too; where the files have mistakes none, and the mistakes."""
    from infra import declarations, removed

    try:
        departments = declarations.load()
    except declarations.DeclarationError as mistakes:
        return {}, [str(mistake) for mistake in mistakes.problems]
    gone, _ = removed.read(declarations.DEPARTMENTS)
    return declarations.compile(departments, gone=gone)["registers"], []


def _from_here(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
