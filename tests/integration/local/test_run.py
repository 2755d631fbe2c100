"""What `make run` decides before and after the emulator."""

import json
import os
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local import run, synth
from infra.local.platform import ROOT


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "infra.local.run"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    assert done.returncode == 1
    assert done.stdout == f"Port {port} is in use: stop what uses it, or choose another, as in `PORT={port + 1} make run`.\n"


def project(folder: Path) -> Path:
    """A project whose synthesis only notes that it ran, and with what."""
    for name in ("infra/stacks", "infra/local", "functions", "schemas"):
        (folder / name).mkdir(parents=True)
    (folder / "app.py").write_text(
        "import os, pathlib\n"
        "out = pathlib.Path(os.environ['CDK_OUTDIR'])\n"
        "out.mkdir(parents=True, exist_ok=True)\n"
        "(out / 'manifest.json').write_text(os.environ['COMMONWEAL_STAGE'])\n"
        "pathlib.Path('schemas/declarations.json').write_text('{}')\n"
    )
    return folder


def test_templates_are_kept_until_a_source_changes(tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    assert not synth.is_fresh(root)
    synth.synthesise(root)
    assert (root / "cdk.out" / "local" / "manifest.json").read_text() == "local"
    assert synth.is_fresh(root)
    (root / "infra" / "local" / "front_door.py").write_text("# synthesis does not read it")
    assert synth.is_fresh(root)
    (root / "functions" / "new.py").write_text("# a bundle holds it")
    assert not synth.is_fresh(root)


def test_who_comes_while_another_synthesises_waits_and_finds_it_done(tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    with (root / "app.py").open("a") as app:
        app.write(f"import time\ntime.sleep(0.2)\nopen({str(tmp_path / 'runs')!r}, 'a').write(os.environ['COMMONWEAL_STAGE'] + '\\n')\n")
    with ThreadPoolExecutor() as several:
        done = [several.submit(synth.synthesise, root, "dev") for _ in range(3)]
    assert [one.exception() for one in done] == [None, None, None]
    assert (tmp_path / "runs").read_text() == "dev\n"


def test_a_failed_synthesis_says_why_and_is_tried_again(tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    (root / "app.py").write_text("raise SystemExit('severityLevl is not in the schema')")
    with pytest.raises(synth.SynthesisFailed, match="severityLevl is not in the schema"):
        synth.synthesise(root)
    assert not synth.is_fresh(root)


def test_platform_json_is_for_its_owner_only(tmp_path: Path) -> None:
    run.keep(tmp_path / "platform.json", {"url": "http://127.0.0.1:8000", "admin_key": "k"})
    assert json.loads((tmp_path / "platform.json").read_text())["admin_key"] == "k"
    assert stat.S_IMODE((tmp_path / "platform.json").stat().st_mode) == 0o600


def test_each_demo_key_stands_on_one_line() -> None:
    about = {"admin_key": "a", "departments": {"agency": {"services": {"floods": {"id": "1", "keys": {"live": "l", "team": "t"}}}}}}
    assert [line.rpartition(" ")[2] for line in run.keys(about)] == ["a", "l", "t"]


@pytest.mark.parametrize("text", ["abc", "0", "-1", "65536", "8000 "])
def test_a_port_that_is_none_is_named(text: str) -> None:
    with pytest.raises(run.PortTaken, match=f"PORT is '{text}'"):
        run.port_of(text)
