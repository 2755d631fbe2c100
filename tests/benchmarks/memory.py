"""How much memory the local stack has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.local_stack import LocalStack
from tests.benchmarks.report import Section


@dataclass(frozen=True)
class Held:
    """Megabytes of some processes: resident, and the proportional share, in which a page that n processes share counts as 1/n for each."""

    processes: int
    resident: float
    share: float


@dataclass(frozen=True)
class Looks:
    """The emulator and the workers that it started, as they were each time somebody looked."""

    stack: LocalStack
    taken: dict[str, tuple[Held, Held]] = field(default_factory=dict)

    def take(self, when: str) -> None:
        """Look now. Only Linux tells what processes share; elsewhere nothing is noted."""
        emulator = self.stack.platform.pid
        if Path("/proc/self/smaps_rollup").exists():
            self.taken[when] = _held([emulator]), _held(_children(emulator))

    def sections(self) -> list[Section]:
        """What was seen, in one section; none, where nothing was."""
        how = (
            "One process for the emulator and one or more for each function that was needed. Resident memory counts a page once for each "
            "process that shares it; proportional shares add up to what is really used."
        )
        columns = ("when", "workers", "emulator, MB resident", "workers, MB resident", "together, MB proportional")
        rows = [
            (
                when,
                f"{workers.processes}",
                f"{emulator.resident:,.0f}",
                f"{workers.resident:,.0f}",
                f"{emulator.share + workers.share:,.0f}",
            )
            for when, (emulator, workers) in self.taken.items()
        ]
        return [Section("Memory of the local stack", how, columns, rows)] if rows else []


def _held(processes: Iterable[int]) -> Held:
    found = [Path(f"/proc/{process}/smaps_rollup").read_text().splitlines() for process in processes]
    return Held(len(found), *(_megabytes(found, named) for named in ("Rss:", "Pss:")))


def _megabytes(processes: Iterable[list[str]], named: str) -> float:
    return sum(int(line.split()[1]) for lines in processes for line in lines if line.startswith(named)) / 1024


def _children(parent: int) -> list[int]:
    threads = Path(f"/proc/{parent}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
