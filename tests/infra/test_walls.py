"""The walls between the rooms stand: the contracts of import-linter in pyproject.toml hold, and each of them would notice a breach."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREACHES = {
    "a room that imports another": ("functions/publishing/page.py", "from functions.notifications import sms\n"),
    "a room that imports another inside a function": (
        "functions/bus/relay.py",
        "def relay():\n    from functions.departments import keys\n",
    ),
    "shared code that imports a room": ("functions/common/log.py", "import functions.bus.relay\n"),
    "a function that imports the infrastructure": ("functions/bus/relay.py", "import infra.stacks\n"),
    "a function that imports the tests": ("functions/bus/relay.py", "import tests\n"),
    "a contract that imports a function": ("schemas/envelope.py", "from functions.common import log\n"),
    "infrastructure that imports a function": ("infra/stacks.py", "from functions.bus import relay\n"),
    "infrastructure that imports what functions share": ("infra/stacks.py", "from functions.common import log\n"),
    "a tool that imports a room": ("infra/tools/cli.py", "from functions.bus import relay\n"),
    "a package that imports the platform": ("commonweal_events/publisher.py", "from schemas import envelope\n"),
    "a package that imports another": ("commonweal_events/publisher.py", "from commonweal_constructs import queue\n"),
    "a function that imports a package": ("functions/bus/relay.py", "from commonweal_events import publisher\n"),
}

HOUSE = {
    "commonweal_constructs/__init__.py": "",
    "commonweal_constructs/queue.py": "",
    "commonweal_events/__init__.py": "",
    "commonweal_events/publisher.py": "",
    "functions/__init__.py": "",
    "functions/common/__init__.py": "",
    "functions/common/log.py": "from schemas import envelope\n",
    "functions/bus/__init__.py": "",
    "functions/bus/relay.py": "from functions.common import log\nfrom schemas import envelope\n",
    "functions/departments/__init__.py": "",
    "functions/departments/keys.py": "",
    "functions/notifications/__init__.py": "",
    "functions/notifications/sms.py": "",
    "functions/publishing/__init__.py": "",
    "functions/publishing/page.py": "",
    "schemas/__init__.py": "",
    "schemas/envelope.py": "",
    "infra/__init__.py": "",
    "infra/stacks.py": "from commonweal_constructs import queue\nfrom schemas import envelope\n",
    "infra/tools/__init__.py": "",
    "infra/tools/cli.py": "from functions import common\nfrom functions.common import log\n",
    "tests/__init__.py": "",
    "tests/test_stacks.py": "import infra.stacks\nimport functions.bus.relay\n",
}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, text in HOUSE.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    return tmp_path


def test_the_walls_stand() -> None:
    told = lint_imports(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_house_that_keeps_the_rules_passes(house: Path) -> None:
    told = lint_imports(house)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_wall_notices(breach: str, house: Path) -> None:
    file, text = BREACHES[breach]
    (house / file).write_text(text)
    told = lint_imports(house)
    assert told.returncode == 1, told.stdout + told.stderr
    assert "BROKEN" in told.stdout
