"""Find a Chromium that runs, or get one, and print where it is: the system's, else Playwright's own, else Debian's package.

The variable CHROMIUM, when set, names the one to use. All but the path is told on standard error.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DOWNLOAD_TIMEOUT = 180
APT = ("apt-get", "-y", "-o", "DPkg::Lock::Timeout=300")


def chromium() -> str:
    """Return the path of a Chromium that starts; install one where there is none. Raises SystemExit when nothing helped."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if runs(chosen) else sys.exit(f"CHROMIUM is {chosen}, which does not start.")
    for path in found_or_installed():
        if runs(path):
            return path
    sys.exit("The browser tests need Chromium: install it, or name one in CHROMIUM.")


def found_or_installed() -> Iterator[str]:
    """Candidates, in order of preference: each is only sought, or installed, when those before it would not start."""
    yield from on_the_path()
    yield playwrights()
    tell("There is no Chromium on this machine: asking Playwright for its own.")
    attempt([sys.executable, "-m", "playwright", "install", "chromium"], timeout=DOWNLOAD_TIMEOUT)
    yield playwrights()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        tell("Playwright's does not start here: installing Debian's.")
        attempt([*APT, "update"])
        attempt([*APT, "install", "--no-install-recommends", "chromium"])
        yield from on_the_path()


def on_the_path() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)))


def playwrights() -> str:
    """Where Playwright keeps its Chromium, whether or not it is there yet. Asked in its own process: its driver stops with it."""
    ask = "from playwright.sync_api import sync_playwright\nwith sync_playwright() as p: print(p.chromium.executable_path)"
    return subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def runs(path: str) -> bool:
    """Whether it starts: one whose system libraries are missing is found, and is of no use."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def attempt(command: list[str], timeout: float | None = None) -> None:
    """Run a command that may fail, its words on standard error: the next candidate is then tried."""
    try:
        subprocess.run(command, stdout=sys.stderr, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        tell(f"{command[0]} took longer than {timeout:.0f} s.")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(chromium())
