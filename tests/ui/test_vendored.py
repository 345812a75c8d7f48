"""What Luna took over from others is exactly what its manifest says, and pages load nothing from elsewhere."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

from django.test import Client

STATIC = Path("static")
MANIFEST = json.loads((STATIC / "vendor/manifest.json").read_text(encoding="utf-8"))


def test_every_vendored_script_is_the_one_in_the_manifest() -> None:
    for item in MANIFEST:
        content = (STATIC / "vendor" / item["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == item["sha256"]
        assert item["version"] in item["file"]
        assert item["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert item["licence"]


def test_nothing_else_is_vendored() -> None:
    scripts = {path.name for path in (STATIC / "vendor").glob("*.js")}
    assert scripts == {item["file"] for item in MANIFEST}


def test_pages_load_only_from_luna_and_know_what_they_load(site: Client) -> None:
    page = site.get("/").content.decode()
    loaded = re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert loaded
    assert not [url for url in loaded if not url.startswith("/static/")]
    htmx = next(item for item in MANIFEST if item["name"] == "htmx.org")
    assert f'integrity="{htmx["integrity"]}"' in page


def test_sheets_and_scripts_are_light() -> None:
    own = b"".join(path.read_bytes() for folder in ("css", "js") for path in sorted((STATIC / folder).iterdir()))
    htmx = (STATIC / "vendor" / "htmx-4.0.1.min.js").read_bytes()
    assert len(gzip.compress(own)) + len(gzip.compress(htmx)) < 45_000


def test_sheets_name_their_layer_and_reach_for_nothing() -> None:
    for path in (STATIC / "css").glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert f"@layer {path.stem} {{" in text
        assert "@import" not in text
        assert not re.search(r"url\((?!\"data:)", text)
