"""The small site of tests/ui/site.py, with its own templates beside Luna's."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.people import person

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture
def site(settings: SettingsWrapper, db: None) -> Client:
    """Ana, signed in, on the small site."""
    client = Client()
    use_site(settings)
    client.force_login(person("ana"))
    return client


def use_site(settings: SettingsWrapper) -> None:
    """Point Django at the small site's URLs and templates."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.ui.site"
