"""What a handler may import before its first call. Counted, not timed: these hold on any machine; `make bench` times them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.bundling import entries
from tests.benchmarks.beginnings import APIS

ROOT = Path(__file__).parents[2]
IMPORT = "import sys, functions.{entry}; print(*sys.modules)"

FORBIDDEN = frozenset(
    {
        "aws_cdk",
        "aws_xray_sdk",  # 160 ms, even when it is off
        "boto3",  # what a path that calls nothing need not pay; `common/clients.py` imports it at the first call
        "botocore.session",
        "cryptography",
        "duckdb",
        "email_validator",
        "font_source_sans_pro",
        "govuk_frontend_jinja",
        "httpx",
        "infra",
        "jinja2",
        "jsonschema",
        "jwt",
        "markdown_it",
        "mdit_py_plugins",
        "phonenumbers",
        "pypdf",
        "pypdfium2",
        "requests",
        "segno",
        "tests",
        "typst",
        "yaml",
    }
)
ALLOWED = dict.fromkeys(("publishing.render", "publishing.refresh"), frozenset({"jinja2", "govuk_frontend_jinja"}))
"""What each of its calls needs."""

MOST = {
    "bus.relay": 190,
    "data_access.actions": 475,
    "data_access.datasets": 462,
    "publishing.pages": 300,
    "publishing.render": 400,
    "publishing.refresh": 400,
}
MOST_OF_AN_API, MOST_OF_A_CONSUMER = 450, 365
"""Modules, the standard library's included."""


def imported(entry: str) -> frozenset[str]:
    """What stands in `sys.modules` when a handler has been imported in an interpreter of its own."""
    told = subprocess.run([sys.executable, "-c", IMPORT.format(entry=entry)], cwd=ROOT, capture_output=True, text=True, check=True)
    # setuptools, which a client in the tests needs, has every interpreter of this environment load it; no bundle has it.
    return frozenset(told.stdout.split()) - {"_distutils_hack"}


@pytest.mark.parametrize("entry", entries())
def test_a_handler_starts_with_few_modules_and_none_that_most_calls_do_not_need(entry: str) -> None:
    modules = imported(entry)
    most = MOST_OF_AN_API if entry.partition(".")[2] in APIS else MOST_OF_A_CONSUMER
    assert len(modules) <= MOST.get(entry, most)
    assert modules & (FORBIDDEN - ALLOWED.get(entry, frozenset())) == frozenset()
    if entry == "bus.relay":
        assert "pydantic" not in modules
