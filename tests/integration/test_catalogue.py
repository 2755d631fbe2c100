"""The catalogue on the whole platform: what its pages say to copy works as it stands."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.stack import Stack, warning, within

REGISTER = "local-authority-eng"


@pytest.fixture
def councils(stack: Stack) -> str:
    """The page of the councils, once they are all there."""
    assert within(120, lambda: "354 records" in stack.http.get(f"/data/{REGISTER}").text)
    return stack.http.get(f"/data/{REGISTER}").text


def commands(page: str) -> list[str]:
    """What a page says to copy."""
    return [html.unescape(text) for text in re.findall(r'<pre class="commonweal-code"><code>(.*?)</code></pre>', page, re.DOTALL)]


def run(program: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_catalogue_finds_the_registers_that_departments_declare(stack: Stack) -> None:
    found = stack.http.get("/data", params={"q": "local authority"}, headers={"Accept": "text/html"})
    assert (found.status_code, found.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'href="/data/{REGISTER}"' in found.text
    assert stack.http.get("/data", params={"q": "local authority"}, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304


def test_the_examples_of_a_dataset_work_as_they_stand(stack: Stack, councils: str, tmp_path: Path) -> None:
    curl, python, as_ckan, with_ckanapi, *_ = commands(councils)
    assert "'local-authority-type': " in run(python, tmp_path)
    assert "'local-authority-eng': " in run(with_ckanapi, tmp_path)
    for command in (curl, as_ckan):
        [address] = re.findall(r"https?://[^']+", command)
        answer = stack.http.get(address, headers={"X-Api-Key": "DEMO_KEY"})
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.text)


def test_a_warning_is_followed_from_its_record_to_a_proof_that_a_stranger_checks(stack: Stack, tmp_path: Path) -> None:
    event = warning(area="103FWF001")
    stack.emit(event)
    [appended] = stack.said(event["id"], "RecordAppended")
    number = appended["data"]["entry_number"]
    record = stack.http.get("/data/flood-warning/records/103FWF001").text
    assert f'href="/data/flood-warning/entries/{number}"' in record
    assert "The record came into the register." in record

    proof = stack.http.get(f"/data/flood-warning/entries/{number}").text
    assert "So this entry is in it, letter by letter." in proof
    [address] = re.findall(r"curl -O (\S+)", "\n".join(commands(proof)))
    (tmp_path / "verify.py").write_bytes(stack.http.get(address).content)
    [asked] = re.findall(r"python3 (verify\.py .+)", "\n".join(commands(proof)))
    checked = subprocess.run(
        [sys.executable, "-I", "-S", *asked.split()], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_is_not_there_is_told_to_people(stack: Stack) -> None:
    missing = stack.http.get("/data/nothing/at/all")
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert stack.http.post("/data").status_code == 405


def test_the_documentation_says_what_the_running_platform_is_made_of_and_tries_its_apis(stack: Stack) -> None:
    begins = stack.http.get("/docs", follow_redirects=True)
    assert (begins.status_code, begins.url.path) == (200, "/docs/index.html")
    event = stack.http.get("/docs/types/platform.RecordSubmitted.v1").text
    assert "data_access.append" in event
    assert "commonweal-local-department-cabinet-office" in event
    assert "types/platform.RecordSubmitted.v1.html" in stack.http.get("/docs/search.html", params={"q": "record submitted"}).text
    tried = stack.http.get("/docs/try/registers/register", params={"name": REGISTER}, follow_redirects=True)
    assert (tried.status_code, tried.url.path) == (200, f"/registers/{REGISTER}/register")


def test_what_a_reference_shows_to_be_sent_is_taken_and_its_page_may_send_it(stack: Stack) -> None:
    page = stack.http.get("/docs/apis/events.html")
    assert "connect-src 'self'" in page.headers["Content-Security-Policy"]
    assert stack.http.get("/docs/try.js").headers["Content-Type"] == "text/javascript; charset=utf-8"
    asked = stack.http.get("/docs/events.json").json()["paths"]["/events"]["post"]["requestBody"]["content"]
    answer = stack.emit(asked["application/cloudevents+json"]["example"], stack.key("test"))
    assert (answer.status_code, answer.json()["status"]) == (202, "checked")
