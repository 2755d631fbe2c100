"""Send one event over HTTP, as any department may, and ask what became of it."""

from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.tools.failures import Failed
from infra.tools.running import NOT_RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

REFUSED = "The event was refused with"

type Event = dict[str, Any]
type Hop = Mapping[str, Any]


def read(file: Path) -> Event:
    """The event in a file, read as a request's body is. Raises Failed where it holds none."""
    from functions.common import wire
    from functions.common.failures import Refusal

    try:
        found = wire.parse_json(file.read_bytes())
    except OSError as wrong:
        raise Failed(f"{file}: {wrong.strerror}.") from None
    except Refusal as refusal:
        raise Failed(f"{file} cannot be sent: {refusal.message}") from None
    if not isinstance(found, dict) or "type" not in found:
        raise Failed(f"{file} holds no CloudEvent.")
    return found


def renewed(event: Event) -> Event:
    """The same, happening now: another id and time, and the beginning of a tree of its own."""
    from functions.common import clock, ids

    kept = {name: value for name, value in event.items() if name not in ("correlationid", "causationid", "hops", "sequence")}
    return kept | {"id": ids.new(), "time": clock.stamp()}


@contextmanager
def connection(url: str, key: str) -> "Iterator[httpx.Client]":
    """A connection to the platform at `url`. Raises Failed when nothing listens there."""
    import httpx  # 0.1 s, which no other command needs

    try:
        with httpx.Client(base_url=url, headers={"X-Api-Key": key}, timeout=30.0) as http:
            yield http
    except httpx.ConnectError:
        raise Failed(NOT_RUNNING if "127.0.0.1" in url else f"Nothing answers at {url}.") from None


def send(http: "httpx.Client", event: Event) -> dict[str, Any]:
    """Send it; gives the receipt. Raises Failed with every field at fault when it is refused."""
    answer = http.post("/events", json=event, headers={"Content-Type": "application/cloudevents+json"})
    found = _object(answer)
    if answer.status_code == 202:
        return found
    errors = [f"  {error.get('field') or 'the event'}: {error['message']}" for error in found.get("errors", [])]
    code = f" ({found['code']})" if "code" in found else ""
    # The detail repeats the errors; only where there are none does it say more.
    said = ":" if errors else f": {found.get('detail') or found.get('message') or answer.reason_phrase}"
    raise Failed("\n".join([f"{REFUSED} {answer.status_code}{code}{said}", *errors]))


def tree(http: "httpx.Client", event_id: str) -> list[Hop]:
    """What followed from an event so far, in the order of time; nothing yet, where it is not known."""
    answer = http.get(f"/events/{event_id}")
    if answer.status_code == 404:
        return []
    if answer.status_code != 200:
        raise Failed(f"GET /events/{event_id} was answered with {answer.status_code}: {_object(answer).get('detail', '')}")
    hops: list[Hop] = answer.json()["events"]
    return hops


def _object(answer: "httpx.Response") -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
