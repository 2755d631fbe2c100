"""What every run on this machine begins with: the declared keys, some subscribers, pages, and three registers of real rows.

It goes in over HTTP, as a department would do it. What is done is noted in the emulator itself, so that the note and the thing noted are
kept or lost together; a second seed asks for the keys and changes nothing.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid5

import httpx

from infra.local import files
from infra.local.keep import Keys
from schemas.ids import NAMESPACE, content_id

ROOT = Path(__file__).parents[2]
CONTENT, SITE = Path(__file__).parent / "content", Path(__file__).parent / "site"
REGISTER = ROOT / "infra" / "departments" / "registers" / "local-authority-eng.tsv"
DECLARATIONS = ROOT / "schemas" / "declarations.json"
KEYS = ROOT / ".local" / "keys.json"
SEEDED = "/commonweal/seeded/"
BATCH = 50
PATIENCE = 30.0

FLOODS, COUNCILS = ("environment-agency", "floods"), ("communities", "local-authorities")
SUBSCRIBERS = {
    # Made-up people. The numbers are Ofcom's for drama; those that GOV.UK Notify simulates are not among them.
    "flood-warnings/065WAF441": (
        {"email_address": "rosalind.okafor@example.com"},
        {"email_address": "gwilym.price@example.org"},
        {"phone_number": "07700 900142"},
        {"phone_number": "07700 900327"},
    ),
}

type Client = Callable[[str], Any]
type Progress = Callable[[str], None]
type Json = dict[str, Any]


class SeedRefused(RuntimeError):
    """The platform did not take something; the text says what, and what it answered."""


@dataclass(frozen=True)
class Door:
    """The platform's front door, and which key opens it for whom."""

    http: httpx.Client
    keys: Mapping[tuple[str, str], str]

    def ask(self, who: tuple[str, str], method: str, path: str, body: object, media_type: str = "application/json") -> Json:
        """Send one request with the live key of a service; answers the JSON. Raises SeedRefused."""
        return ask(self.http, self.keys[who], method, path, body, media_type)


def seed(url: str, client: Client, progress: Progress = lambda line: None, keys: Path = KEYS, *, whole: bool = False) -> Json:
    """Seed the platform at `url`, whose AWS `client` reaches; answers what `platform.json` says of keys. Raises SeedRefused.

    `keys` is where the whole keys are kept, since the platform shows each only once. A `whole` seed has a page of every type, too.
    """
    # The front door may still be opening: a connection is tried again, a request never.
    opening = httpx.HTTPTransport(retries=5)
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False, transport=opening) as http:
        admin_key = _admin_key(client)
        progress("keys")
        departments = _keys(http, admin_key, Keys(keys))
        live = {
            (slug, name): service["keys"]["live"]
            for slug, one in departments.items()
            for name, service in one["services"].items()
            if "live" in service["keys"]
        }
        _once_each(Door(http, live), client("ssm"), progress, whole=whole)
    return {"admin_key": admin_key, "departments": departments}


def _admin_key(client: Client) -> str:
    stacks = (stack for page in client("cloudformation").get_paginator("describe_stacks").paginate() for stack in page["Stacks"])
    outputs = {output["OutputKey"]: output["OutputValue"] for stack in stacks for output in stack.get("Outputs", [])}
    key: str = client("secretsmanager").get_secret_value(SecretId=outputs["AdminSecret"])["SecretString"]
    return key


def _keys(http: httpx.Client, admin_key: str, kept: Keys) -> dict[str, Json]:
    """The declared keys of every declared service: those that are kept and still stand, and new ones in the place of all others."""
    found: dict[str, Json] = {}
    for identity, service in json.loads(DECLARATIONS.read_bytes())["services"].items():
        path = f"/services/{identity}/keys"
        standing = {key["name"]: key["id"] for key in ask(http, admin_key, "GET", path)["keys"] if not key.get("revoked_at")}
        texts = {}
        for name, declared in service.get("keys", {}).items():
            text = kept.text(identity, standing.get(name))
            if text is None:
                if name in standing:  # nobody has its text any more
                    ask(http, admin_key, "DELETE", f"{path}/{standing[name]}")
                made = ask(http, admin_key, "POST", path, {"name": name, **declared})
                text = kept.add(identity, made["id"], made["key"])
            texts[name] = text
        found.setdefault(service["department"], {"services": {}})["services"][service["name"]] = {"id": identity, "keys": texts}
    return found


def _once_each(door: Door, ssm: Any, progress: Progress, *, whole: bool) -> None:
    """Do what the emulator does not know to be done, side by side: each begins with a function's cold start."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=SEEDED.rstrip("/"))
    done = {one["Name"].removeprefix(SEEDED): one["Value"] for page in pages for one in page["Parameters"]}

    def do(name: str, what: bytes, work: Callable[[], None]) -> None:
        digest = hashlib.sha256(what).hexdigest()
        if done.get(name) != digest:
            work()
            ssm.put_parameter(Name=SEEDED + name, Value=digest, Type="String", Overwrite=True)
            progress(name)

    parts: dict[str, tuple[bytes, Callable[[], None]]] = {
        "subscribers": (json.dumps(SUBSCRIBERS).encode(), partial(_subscribe, door)),
        "register": (REGISTER.read_bytes(), partial(_emit, door)),
        **{name: ((files.FOLDER / f"{name}.tsv").read_bytes(), partial(files.load, door, name)) for name in files.OWNERS},
        **{f"page-{page.stem}": (page.read_bytes(), partial(_publish, door, page)) for page in sorted(CONTENT.glob("*.json"))},
    }
    if whole:
        site = sorted(SITE.glob("*.json"))
        parts["site"] = (b"".join(page.read_bytes() for page in site), partial(_publish_site, door, site))
    with ThreadPoolExecutor() as side_by_side:
        under_way = [side_by_side.submit(do, name, *part) for name, part in parts.items()]
    for one in under_way:
        one.result()


def _subscribe(door: Door) -> None:
    service = json.loads(DECLARATIONS.read_bytes())["departments"][FLOODS[0]]["services"][FLOODS[1]]
    for name, people in SUBSCRIBERS.items():
        for person in people:
            door.ask(FLOODS, "POST", f"/notifications/services/{service}/subscribers/{name}", person)


def _publish(door: Door, file: Path) -> None:
    page = json.loads(file.read_bytes())
    _publish_edition(door, (page["department"], page["service"]), page["edition"])


def _publish_edition(door: Door, who: tuple[str, str], edition: Json) -> None:
    path = f"/v2/content/{content_id(edition['base_path'])}"
    door.ask(who, "PUT", path, edition)
    door.ask(who, "POST", f"{path}/publish", {"locale": edition.get("locale", "en")})


def _publish_site(door: Door, pages: list[Path]) -> None:
    """A page of each content type, all linked to each other."""
    for page in pages:
        edition = json.loads(page.read_bytes())
        _publish_edition(door, FLOODS, edition)


def _emit(door: Door) -> None:
    events = list(events_of(REGISTER))
    for start in range(0, len(events), BATCH):
        batch = events[start : start + BATCH]
        receipts = door.ask(COUNCILS, "POST", "/events", batch, "application/cloudevents-batch+json")["receipts"]
        refused = [receipt for receipt in receipts if receipt["status"] not in ("accepted", "duplicate")]
        if refused:
            raise SeedRefused(f"{len(refused)} rows of {REGISTER.name} were refused, first {json.dumps(refused[0])}")


def events_of(register: Path) -> Iterator[Json]:
    """An event for each row: always the same one for the same row. Empty fields are left out."""
    with register.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            known = {field: text for field, text in row.items() if text}
            yield {
                "specversion": "1.0",
                "id": str(uuid5(NAMESPACE, f"local-authority-eng:{json.dumps(known, sort_keys=True)}")),
                "source": "uk.gov.communities.local-authorities",
                "type": "communities.LocalAuthorityRecorded.v1",
                "subject": known["local-authority-eng"],
                "time": "2026-11-23T00:00:00Z",
                "datacontenttype": "application/json",
                "data": known,
            }


def ask(http: httpx.Client, key: str, method: str, path: str, body: object = None, media_type: str = "application/json") -> Json:
    """Send one request with a key; answers the JSON. Raises SeedRefused."""
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    answer = http.request(method, path, content=content, headers={"X-Api-Key": key, "Content-Type": media_type})
    if not answer.is_success:
        raise SeedRefused(f"{method} {path}: {answer.status_code} {answer.text[:1000]}")
    found: Json = answer.json()
    return found
