"""What every answer says to the browser, and what a person sees at Luna's door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import PASSWORD, person
from tests.ui.conftest import use_site

if TYPE_CHECKING:
    from pytest_django import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "manifest-src 'self'"
)


@pytest.mark.parametrize("path", ["/", "/account/login/", "/nowhere/", "/static/icons.svg"])
def test_every_answer_has_the_policy(site: Client, path: str) -> None:
    answer = site.get(path)
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    answer.close()
    assert "Strict-Transport-Security" not in answer


def test_transport_security_is_promised_only_over_tls(site: Client) -> None:
    assert site.get("/", secure=True)["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_private_pages_are_stored_nowhere(site: Client) -> None:
    assert "no-store" in site.get("/")["Cache-Control"]
    sprite = site.get("/static/icons.svg")
    sprite.close()
    assert "no-store" not in sprite["Cache-Control"]


def test_who_is_signed_out_goes_to_the_door(settings: Settings, db: None) -> None:
    use_site(settings)
    answer = Client().get("/items/2/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/items/2/")


def test_htmx_moves_the_whole_page_to_the_door(settings: Settings, db: None) -> None:
    use_site(settings)
    headers = {"HX-Request": "true", "HX-Target": "div#drawer-body", "HX-Current-URL": "http://testserver/?q=x"}
    answer = Client().get("/items/2/", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/account/login/?next=%2F%3Fq%3Dx")


def test_the_door_asks_for_address_and_password_alone(settings: Settings, db: None) -> None:
    use_site(settings)
    page = Client().get("/account/login/").content.decode()
    assert 'name="login"' in page
    assert 'name="password"' in page
    assert "remember" not in page
    assert "sign up" not in page.lower()
    assert "/account/password/reset/" in page


def test_signing_in_is_quiet(settings: Settings, db: None) -> None:
    use_site(settings)
    ana, client = person("ana"), Client()
    answer = client.post("/account/login/", {"login": ana.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert 'class="toast"' not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("path", "words"), [("/account/password/reset/", "Reset your password"), ("/account/logout/", "Sign out?")]
)
def test_the_pages_at_the_door_are_lunas(site: Client, path: str, words: str) -> None:
    if "reset" in path:
        site.logout()
    page = site.get(path).content.decode()
    assert f"<h1>{words}</h1>" in page
    assert "style=" not in page


def test_unknown_pages_say_nothing_of_what_there_is(site: Client) -> None:
    first, second = site.get("/nowhere/"), site.get("/launches-of-others/")
    assert first.status_code == 404
    assert first.content == second.content
    assert b"Nothing here" in first.content


def test_a_form_without_its_token_is_refused_in_words(settings: Settings, db: None) -> None:
    use_site(settings)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("ana"))
    answer = client.post("/", {"name": "x"})
    assert answer.status_code == 403
    assert b"Please send that again" in answer.content


def test_the_theme_is_there_before_any_script(site: Client) -> None:
    ana = person("ana")
    ana.theme = "dark"
    ana.save(update_fields=["theme"])
    assert '<html lang="en" data-theme="dark">' in site.get("/").content.decode()


def test_the_readers_zone_does_not_outlive_the_request(site: Client) -> None:
    ana = person("ana")
    ana.time_zone = "Asia/Tokyo"
    ana.save(update_fields=["time_zone"])
    site.get("/")
    assert str(timezone.get_current_timezone()) == "UTC"
