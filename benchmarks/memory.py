"""What a web worker holds after many requests of every kind."""

from __future__ import annotations

import re
from pathlib import Path

import requests

from luna.demo.company import PASSWORD

REQUESTS, MEBIBYTES = 1000, 130
_PATHS = (
    "/", "/launches/", "/launches/?status=at_risk", "/launches/BOOK/", "/launches/BOOK/milestones/",
    "/launches/BOOK/milestones/timeline/", "/launches/BOOK/risks/", "/launches/BOOK/decisions/",
    "/launches/BOOK/approvals/",
    "/launches/BOOK/updates/", "/launches/BOOK/reports/", "/launches/BOOK/reports/preview/",
    "/launches/BOOK/report/progress/", "/launches/BOOK/report/roadmap.md", "/launches/BOOK/report/progress.pptx",
    "/portfolio/report/progress/", "/portfolio/report/roadmap.pptx", "/search/?q=calendar", "/settings/integrations/",
    "/settings/people/",
)  # fmt: skip
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def memory_line(url: str, root: int) -> tuple[bool, str]:
    """(holds, words): the largest web process under `root` after the requests, files of slides among them."""
    session = requests.Session()
    _sign_in(session, url)
    for number in range(REQUESTS):
        answer = session.get(url + _PATHS[number % len(_PATHS)], timeout=60)
        assert answer.status_code == 200, (answer.url, answer.status_code)
    held = max(_resident_mebibytes(pid) for pid in _web_processes(root))
    words = f"a web worker after {REQUESTS:,} mixed requests: {held:.0f} MiB (limit {MEBIBYTES})"
    return held <= MEBIBYTES, words


def _sign_in(session: requests.Session, url: str) -> None:
    page = session.get(f"{url}/account/login/", timeout=60)
    token = _TOKEN.search(page.text)
    assert token is not None
    entered = {"login": "hannah@fernhill.example", "password": PASSWORD, "csrfmiddlewaretoken": token.group(1)}
    answer = session.post(f"{url}/account/login/", data=entered, headers={"Referer": url}, timeout=60)
    assert "/account/login/" not in answer.url, "the sample's admin can't sign in"


def _web_processes(root: int) -> list[int]:
    """The processes that answer requests: all that hang below granian, itself included."""
    parents = {
        pid: _parent(pid) for pid in (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    }
    granian = {pid for pid, parent in parents.items() if parent == root and "granian" in _command(pid)}
    return [*granian, *(pid for pid, parent in parents.items() if parent in granian)]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _resident_mebibytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0
