"""The style sheet: what is in it, and what may not be."""

import json
import re
from pathlib import Path

import pytest

from infra import frontend

pytestmark = pytest.mark.skipif(not frontend.MANIFEST.is_file(), reason="the style sheet is not built: make assets")


@pytest.fixture(scope="module")
def css() -> str:
    files: dict[str, str] = json.loads(frontend.MANIFEST.read_text())["files"]
    return (frontend.OUTPUT / files["commonweal.css"]).read_text()


def test_the_style_sheet_has_what_the_pages_use(css: str) -> None:
    for name in (
        "govuk-skip-link",
        "govuk-generic-header",
        "govuk-breadcrumbs",
        "govuk-pagination",
        "govuk-notification-banner",
        "govspeak",
    ):
        assert f".{name}" in css


def test_nothing_in_it_belongs_to_gov_uk(css: str) -> None:
    for mark in ("GDS Transport", "@font-face", "crest", "crown", "url("):
        assert mark not in css


def test_a_file_is_named_by_what_is_in_it() -> None:
    for name, hashed in json.loads(frontend.MANIFEST.read_text())["files"].items():
        assert re.fullmatch(rf"{Path(name).stem}-[0-9a-f]{{12}}\{Path(name).suffix}", hashed)


def test_what_is_fresh_is_not_built_again(capsys: pytest.CaptureFixture[str]) -> None:
    if not frontend.fresh(frontend.fingerprint()):
        pytest.skip("the sources changed since the style sheet was built")
    assert frontend.main() == 0
    assert capsys.readouterr().out == ""


def test_any_change_to_the_sources_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = frontend.fingerprint()
    (tmp_path / "commonweal.scss").write_text("body { color: red }")
    monkeypatch.setattr(frontend, "INPUTS", tmp_path)
    assert frontend.fingerprint() != before


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((frontend.INPUTS / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    assert not [package for package in packages if "resolved" in package]
    assert all("integrity" in package for package in packages)
