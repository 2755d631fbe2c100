"""A register on the whole platform: loaded, signed, verified by a stranger, and audited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx

from infra.local.platform import ROOT
from infra.tools.register import audited
from infra.tools.target import Target
from tests.integration.stack import BUS, Stack, warning, within

RSF = {"Content-Type": "application/uk-gov-rsf"}


def verify(*asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "verify.py"), *asked], check=False, capture_output=True, text=True, timeout=60
    )


def test_a_stranger_verifies_an_entry_and_the_audit_agrees(stack: Stack, tmp_path: Path) -> None:
    register = f"{stack.url}/registers/flood-warning"
    event = warning(area="102FWF001")
    stack.emit(event)
    [appended] = stack.said(event["id"], "RecordAppended")
    number = appended["data"]["entry_number"]
    (tmp_path / "earlier").write_text(stack.http.get("/registers/flood-warning/checkpoint").text, "utf-8")
    later = warning(area="102FWF002")
    stack.emit(later)
    stack.said(later["id"], "RecordAppended")

    done = verify(register, str(number), "--since", str(tmp_path / "earlier"), "--save", str(tmp_path / "saved"))
    assert done.returncode == 0, done.stderr
    assert verify(str(tmp_path / "saved"), str(number)).returncode == 0
    found = audited(Target(BUS, stack.platform.client), "flood-warning", {})
    assert "what" not in found
    assert found["size"] == stack.http.get("/registers/flood-warning/register").json()["total-entries"]


def test_a_register_is_taken_on_from_its_root_by_rsf(stack: Stack) -> None:
    path, owner = "/registers/local-authority-eng", ("communities", "local-authorities")
    assert within(120, lambda: stack.http.get(f"{path}/register").json().get("total-entries", 0) >= 354)
    before = stack.http.get(f"{path}/proof/register/merkle:sha-256").json()
    text = stack.http.get(f"{path}/download-rsf").text
    [first_item] = [line for line in text.splitlines() if line.startswith("add-item\t") and '"local-authority-eng":"LEE"' in line]
    [entry] = [line for line in text.splitlines() if "\tuser\tLEE\t" in line]
    stream = f"assert-root-hash\t{before['root-hash']}\n{first_item}\n{entry}\n"

    assert stack.http.post(f"{path}/load-rsf", content=stream, headers=RSF).status_code == 401
    other = httpx.BasicAuth("", stack.key())
    assert stack.http.post(f"{path}/load-rsf", content=stream, headers=RSF, auth=other).status_code == 404
    mine = httpx.BasicAuth("", stack.key("live", *owner))
    assert stack.http.post(f"{path}/load-rsf", content=stream.replace("LEE", "L--E"), headers=RSF, auth=mine).status_code == 400
    loaded = stack.http.post(f"{path}/load-rsf", content=stream, headers=RSF, auth=mine)
    assert loaded.status_code == 200, loaded.text
    assert loaded.json()["total-entries"] == before["total-entries"] + 1
    assert stack.http.post(f"{path}/load-rsf", content=stream, headers=RSF, auth=mine).json() == loaded.json()
    part = stack.http.get(f"{path}/download-rsf/{before['total-entries']}").text
    assert part.splitlines()[:3] == stream.splitlines()
    assert part.splitlines()[3] == f"assert-root-hash\t{loaded.json()['root-hash']}"
