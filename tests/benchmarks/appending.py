"""What it costs to append to a register, and to prove an entry of it: CPU beside the bare calls, and the AWS calls, as the log grows."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore import xform_name

from functions.common import clients
from functions.common.cause import Cause, envelop
from functions.data_access import tiles
from functions.data_access.api import api
from functions.data_access.append import append
from schemas.platform import RecordSubmitted
from tests.benchmarks import canned
from tests.benchmarks.account import call, deliver, request, unheard
from tests.benchmarks.folder import FolderS3
from tests.benchmarks.loading import REGISTER, announced, bucket, load_it
from tests.benchmarks.report import Section, milliseconds

BYTES = (120_000, 12_000_000, 120_000_000)
"""Of the files that are loaded first: about a thousand, a hundred thousand and a million rows."""
APPENDS, PROOFS = 300, 100
HEAD: dict[str, Any] = {"pk": {"S": f"register#{REGISTER}"}, "sk": {"S": "head"}}


@dataclass(frozen=True)
class Found:
    """Of a log of this size: CPU seconds of one append and of its bare calls, how many those are, and the same of a proof."""

    size: int
    append: float
    floor: float
    calls: float
    proof_calls: float
    proof: float


def measure(sizes: Sequence[int] = BYTES) -> Section:
    """A log of each size: what the next append costs, and a proof of an entry anywhere in it."""
    found = [_measured(size) for size in sizes]
    return Section(
        "Appending to a register, and proving",
        "CPU of one `RecordSubmitted` in a warm process, handed over as by its queue: checked, appended to the log with its Merkle tree, "
        f"and `RecordAppended` written with it; the mean of {APPENDS}. DynamoDB is a canned transport below boto3, and a folder stands in "
        "the place of S3. The floor makes the same two calls with boto3, and nothing else. Proofs are of entries drawn at random, over "
        f"HTTP, {PROOFS} of them, no tile kept from the one before, DynamoDB being moto.",
        (
            "entries before",
            "ms of CPU an append",
            "*floor: its bare calls*",
            "appends a second of CPU",
            "AWS calls an append",
            "AWS calls a proof",
            "ms of CPU a proof",
        ),
        [
            (
                f"{one.size:,}",
                milliseconds(one.append),
                milliseconds(one.floor),
                f"{1 / one.append:,.0f}",
                f"{one.calls:.2f}",
                f"{one.proof_calls:.1f}",
                milliseconds(one.proof),
            )
            for one in found
        ],
        "What an append asks of AWS does not grow with the log; a proof grows with its logarithm to the base 256.",
    )


def _measured(size: int) -> Found:
    with bucket() as s3, unheard():
        entries = load_it(announced(s3, size))
        submit = partial(_submit, random.Random(7))
        head = dict(clients.dynamodb().get_item(TableName="data-access", Key=HEAD, ConsistentRead=True)["Item"])
        with _asked(s3) as appending:
            for _ in range(APPENDS):
                submit()
        bare = _bare(submit)
        with canned.dynamodb(partial(_answer, head)):
            appended, floor = _cpu(submit), _cpu(bare)
        with _asked(s3) as proving:
            proof = _cpu(partial(_prove, random.Random(7), entries), PROOFS)
    return Found(entries, appended, floor, len(appending) / APPENDS, len(proving) / PROOFS, proof)


def _submit(drawn: random.Random) -> None:
    key = f"N{drawn.randrange(10**9)}"
    item: dict[str, object] = {
        "school": key,
        "name": f"School {key}",
        "phase": "primary",
        "opened": "1990-09-01",
        "pupils": "210",
        "rate": "1.5",
        "town": "Lewes",
        "note": "Its head teacher answers letters",
    }
    cause = Cause("tree", "education", key)
    deliver(append, envelop(RecordSubmitted(register_name=REGISTER, key=key, item=item), cause))


def _prove(drawn: random.Random, entries: int) -> None:
    tiles.fetch.cache_clear()
    number = drawn.randrange(1, entries + 1)
    call(api, request("GET", f"/registers/{REGISTER}/proof/entries/{number}/{entries + APPENDS}/merkle:sha-256", {}))


def _bare(submit: Callable[[], None]) -> Callable[[], None]:
    """The same read and the same transaction as those of one append, made with boto3."""
    client = clients.dynamodb()
    made: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.append((model.name, copy.deepcopy(params)))

    client.meta.events.register("provide-client-params.dynamodb", note)
    submit()
    client.meta.events.unregister("provide-client-params.dynamodb", note)

    def again() -> None:
        for name, params in made:
            getattr(client, xform_name(name))(**params)

    return again


def _answer(head: dict[str, Any], operation: str, _: dict[str, Any]) -> bytes:
    """The register stands where it stood, however often it is appended to."""
    if operation == "BatchGetItem":
        return canned.body({"Responses": {"data-access": [head]}, "UnprocessedKeys": {}})
    assert operation == "TransactWriteItems"
    return b"{}"


def _cpu(work: Callable[[], None], times: int = APPENDS) -> float:
    work()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times


@contextmanager
def _asked(s3: FolderS3) -> Iterator[list[str]]:
    """What is asked of DynamoDB and S3 meanwhile."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    events = clients.dynamodb().meta.events
    events.register("before-call", note)
    before = len(s3.asked)
    yield made
    events.unregister("before-call", note)
    made += s3.asked[before:]
