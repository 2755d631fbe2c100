"""Load entries into a register as RSF, all of them or none (Open Registers v1, contract 2.1 and 2.3)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.common import auth, clock, declarations, ids, wire
from functions.common.auth import Caller
from functions.common.failures import Problem, Refusal, nothing_here
from functions.common.http import Api, caller
from functions.data_access import dictionary, replica, rsf
from functions.data_access.answers import answer
from functions.data_access.registers import Head, Origin
from functions.data_access.rsf import Reading
from functions.data_access.store import log, segments
from functions.data_access.store.loading import WrongRoot
from functions.data_access.store.segments import Line
from schemas.envelope import instant
from schemas.proof import printed

LARGEST = 4_500_000
"""Bytes of one stream: as Lambda takes 6 MB, in which each three bytes are four."""
SECONDS = 29
"""How long this function may live."""
SOURCE = "uk.gov.commonweal.data-access"


def basic_key(headers: Mapping[str, str]) -> Caller:
    """The caller whose whole key is the password, or else the user name, of HTTP Basic authentication (RFC 7617). Raises Refusal."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user, password = "", ""
    try:
        return auth.whole_key({"x-api-key": (password or user) if scheme.lower() == "basic" else ""})
    except Refusal as refusal:
        if refusal.status == 401:
            words = refusal.message if password or user else "Send a key as the password of HTTP Basic authentication."
            raise Refusal(401, words, code=refusal.code, headers={"WWW-Authenticate": 'Basic realm="registers"'}) from None
        raise


load_rsf = Api("Loading registers", scheme=basic_key, scope="data:write", invalid_status=400, largest_body=LARGEST, raw=True)


@load_rsf.post("/registers/<name>/load-rsf")
def load(name: str) -> Response[Any]:
    """Append what a stream of RSF says. Each broken line is told with its number, and then nothing is loaded.

    The same stream again changes nothing.
    """
    declared, known = declarations.register(name), dictionary.named(name)
    if declared is None or known is None or declared["department"] != caller().department:
        raise nothing_here()
    wire.check_media_type(load_rsf.headers, (rsf.MEDIA_TYPE,))
    body = load_rsf.body()
    # The same stream again is the same load: an answer that was lost can be asked for again.
    event_id = ids.derived(f"{SOURCE}#{name}", f"load-rsf:{sha256(body).hexdigest()}")
    head = log.head(name) or Head(declared["department"])
    reading = rsf.read(body, known, replica.at_head(name, head, known).item)
    if reading.problems:
        raise _refused(reading.problems)
    lines = (Line(entry.key, entry.canonical, entry.timestamp) for entry in reading.user)
    origin = Origin(event_id, SOURCE, event_id, f"{instant(clock.now())}#{event_id}")
    try:
        done = log.load(name, declared["department"], segments.stage_lines(name, lines), origin, reading.roots, SECONDS)
    except WrongRoot as wrong:
        raise _refused([Problem(("line", reading.asserted[wrong.after]), "root-hash", str(wrong))]) from None
    return answer(load_rsf.headers, _told(name, reading, done.last - done.first + 1))


def _told(name: str, reading: Reading, count: int) -> dict[str, object]:
    after = log.head(name)
    return {
        "success": True,
        "message": f"{count} entries are in the register; {len(reading.system)} system entries agree with it.",
        "total-entries": after.size if after else 0,
        "root-hash": printed((after or Head("")).root),
    }


def _refused(problems: list[Problem]) -> Refusal:
    told = "; ".join(str(problem) for problem in problems)
    return Refusal(400, f"Nothing was loaded. {told}", code="invalid_rsf", problems=tuple(problems))
