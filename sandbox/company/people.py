"""Who works at Fernhill, as Jira and Slack know them, and the sandbox's sign-ins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    account_id: str
    slack_id: str
    name: str
    email: str
    is_active: bool = True

    @property
    def username(self) -> str:
        """How Jira Data Center calls them."""
        return self.email.partition("@")[0]


PEOPLE = (
    Person("712020:5f0a-ines", "U01INES", "Ines Carvalho", "ines@fernhill.example"),
    Person("712020:81c2-martin", "U02MARTIN", "Martin Hale", "martin@fernhill.example"),
    Person("712020:0be7-rafael", "U03RAFAEL", "Rafael Lima", "rafael@fernhill.example"),
    Person("712020:44d9-ingrid", "U04INGRID", "Ingrid Dahl", "ingrid@fernhill.example"),
    Person("712020:c3a1-petra", "U05PETRA", "Petra Blum", "petra@fernhill.example"),
    Person("712020:9e66-ola", "U06OLA", "Ola Berg", "ola@fernhill.example"),
    Person("712020:27f5-lea", "U07LEA", "Lea Novak", "lea@fernhill.example"),
    Person("712020:b018-nadia", "U08NADIA", "Nadia Haddad", "nadia@fernhill.example"),
    Person("712020:6d4c-jonas", "U09JONAS", "Jonas Meyer", "jonas@fernhill.example"),
    Person("712020:f3b2-amara", "U10AMARA", "Amara Nwosu", "amara@fernhill.example"),
    Person("712020:1a90-tomas", "U11TOMAS", "Tomas Reis", "tomas@fernhill.example", is_active=False),
)
BY_ACCOUNT_ID = {person.account_id: person for person in PEOPLE}
BY_SLACK_ID = {person.slack_id: person for person in PEOPLE}
BY_EMAIL = {person.email: person for person in PEOPLE}

JIRA_ACCOUNT = BY_EMAIL["ines@fernhill.example"]
JIRA_TOKEN = "sandbox-jira-token"
JIRA_EXPIRED_TOKEN = "sandbox-expired-token"
JIRA_DC_TOKEN = "sandbox-dc-token"
JIRA_DC_EXPIRED_TOKEN = "sandbox-dc-expired"
JIRA_TIME_ZONE = "Europe/Lisbon"

BOT_USER_ID = "U00LUNA"
BOT_ID = "B00LUNA"
BOT_NAME = "Luna"
TEAM_ID = "T0FERNHILL"
TEAM_NAME = "Fernhill"
APP_ID = "A0LUNA"
SLACK_TOKEN = "xoxb-sandbox"
SLACK_NARROW_TOKEN = "xoxb-narrow"
FULL_SCOPES = (
    "chat:write", "channels:read", "groups:read", "channels:history", "groups:history", "channels:join",
    "users:read", "users:read.email", "team:read",
)  # fmt: skip
# What a token is allowed, or the error with which it is refused.
SLACK_TOKENS: dict[str, tuple[str, ...] | str] = {
    SLACK_TOKEN: FULL_SCOPES,
    SLACK_NARROW_TOKEN: ("chat:write", "channels:read"),
    "xoxb-revoked": "token_revoked",
    "xoxb-inactive": "account_inactive",
    "xoxb-expired": "token_expired",
}


@dataclass(frozen=True)
class Channel:
    id: str
    name: str
    topic: str
    is_private: bool = False
    is_archived: bool = False
    is_general: bool = False
    has_bot: bool = True


CHANNELS = (
    Channel("C01LAUNCHES", "launches", "What launches, and when", is_general=True),
    Channel("C02BOOK", "launch-book", "Patient self-booking"),
    Channel("C03PAYDE", "launch-payde", "Payments in Germany"),
    Channel("C04CLINICAPP", "launch-clinicapp", "Clinic app 4"),
    Channel("C05EUDATA", "launch-eudata", "EU data residency", is_private=True),
    Channel("C06LEADERSHIP", "leadership", "Leadership", is_private=True, has_bot=False),
    Channel("C07RANDOM", "random", "Anything at all", has_bot=False),
    Channel("C08OLD", "old-project", "Done long ago", is_archived=True),
)
