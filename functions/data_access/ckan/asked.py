"""What an action is asked: by whom, with which parameters, and under which address the site was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.common import declarations

if TYPE_CHECKING:
    from functions.common.auth import Caller

WRITES = "data:write"


@dataclass(frozen=True)
class Asked:
    """One call of an action. `caller` is nobody where no key, or none that is known, was sent (contract 1.3)."""

    site: str
    parameters: Mapping[str, Any]
    caller: Caller | None = None

    def get(self, name: str) -> Any:
        """A parameter as it came; None where it is missing."""
        return self.parameters.get(name)

    @property
    def user(self) -> str:
        """The caller as messages name it: its service; empty for nobody."""
        if self.caller is None:
            return ""
        declared = declarations.service(self.caller.service_id)
        return str(declared["name"]) if declared else self.caller.service_id

    @property
    def writer(self) -> str | None:
        """The department whose data the caller may write."""
        who = self.caller
        return who.department if who and who.key_type == "live" and WRITES in who.scopes else None
