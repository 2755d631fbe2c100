"""When a type of event ends: from when its department's file says its last day, whoever says it is warned; after that day nobody may.

Days are those of UTC. The date of a sunset is the last day on which the type is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from functions.common import clock, declarations
from schemas.envelope import owner_of


@dataclass(frozen=True)
class Ending:
    """The end of a type: its last day, the type that follows it, and since when it is deprecated, where the file says so."""

    type: str
    last_day: date
    successor: str | None = None
    since: date | None = None

    @property
    def ends(self) -> datetime:
        """The first moment at which it is not taken."""
        return _begins(self.last_day) + timedelta(days=1)

    @property
    def deprecated(self) -> datetime:
        """From when on it is deprecated; where the file gives no day, all that is certain is that it is by now."""
        return _begins(self.since or clock.now().date())

    @property
    def warning(self) -> str:
        """What whoever says it is told while it is taken."""
        return f"{self.type} is deprecated and is taken until {self.last_day}{self._instead}"

    @property
    def refusal(self) -> str:
        """What whoever says it is told when it is not taken any more."""
        return f"{self.type} was taken until {self.last_day}{self._instead}"

    @property
    def _instead(self) -> str:
        return f": emit {self.successor} instead" if self.successor else ""


def ending(type_: str) -> Ending | None:
    """The end of a type; None where none is declared."""
    declared = declarations.emitted(type_)
    if declared is None or "sunset" not in declared:
        return None
    fact = declared.get("replaced_by")
    since = declared.get("deprecated")
    return Ending(
        type_,
        date.fromisoformat(declared["sunset"]),
        f"{owner_of(type_)}.{fact}" if fact else None,
        date.fromisoformat(since) if since else None,
    )


def over(type_: str, *moments: datetime) -> Ending | None:
    """The end of a type that lies behind any of these moments."""
    found = ending(type_)
    return found if found and any(moment >= found.ends for moment in moments) else None


def headers(endings: Iterable[Ending]) -> dict[str, str]:
    """What an answer about these types says: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and the schemas of what follows them.

    An answer to several events names the earliest of each.
    """
    found = list(endings)
    if not found:
        return {}
    from email.utils import format_datetime  # local: every consumer asks for ends, and none of them answers anybody

    told = {
        "Deprecation": f"@{int(min(one.deprecated for one in found).timestamp())}",
        "Sunset": format_datetime(min(one.ends for one in found), usegmt=True),
    }
    links = dict.fromkeys(link for one in found if (link := _link(one)))
    return {**told, "Link": ", ".join(links)} if links else told


def _link(one: Ending) -> str | None:
    from schemas import registry  # local: as above

    versions = registry.versions(one.successor) if one.successor else ()
    return f'<{versions[0].path}>; rel="successor-version"' if versions else None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
