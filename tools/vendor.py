"""Copies the named browser files out of npm tarballs into static/vendor and writes their manifest.

Run it by hand when a version changes: `python tools/vendor.py` (needs npm). Versions stand in the file names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"


@dataclass(frozen=True)
class Vendored:
    package: str
    version: str
    licence: str
    source: str
    """Path inside the tarball's `package/`."""
    name: str
    """Name under static/vendor, without version and ending."""


FILES = (
    Vendored("htmx.org", "4.0.1", "0BSD", "dist/htmx.min.js", "htmx"),
    Vendored("sortablejs", "1.15.7", "MIT", "Sortable.min.js", "sortable"),
)


def main() -> None:
    """Fetch every file anew and replace what static/vendor holds."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    manifest = [copied(item) for item in FILES]
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def copied(item: Vendored) -> dict[str, str]:
    """Write one file and its licence; return its line of the manifest."""
    script = f"{item.name}-{item.version}.min.js"
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", "--silent", f"{item.package}@{item.version}"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(Path(folder) / packed.stdout.strip().splitlines()[-1]) as tarball:
            content = member(tarball, f"package/{item.source}")
            licence = member(tarball, "package/LICENSE")
    (VENDOR / script).write_bytes(content)
    (VENDOR / f"{item.name}-{item.version}.LICENSE.txt").write_bytes(licence)
    return {
        "name": item.package,
        "version": item.version,
        "licence": item.licence,
        "file": script,
        "sha256": hashlib.sha256(content).hexdigest(),
        "integrity": "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode(),
    }


def member(tarball: tarfile.TarFile, path: str) -> bytes:
    """The bytes of one file of the tarball."""
    extracted = tarball.extractfile(path)
    if extracted is None:
        raise SystemExit(f"{path} is not a file of the package")
    return extracted.read()


if __name__ == "__main__":
    main()
