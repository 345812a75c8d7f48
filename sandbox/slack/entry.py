"""Slack's face."""

from __future__ import annotations

import sqlite3
from datetime import date

from flask import Flask

from sandbox.company.people import CHANNELS
from sandbox.face import Face
from sandbox.limits import Rate
from sandbox.slack import chat, conversations
from sandbox.slack.face import add_methods

METHOD_MODULES = (chat, conversations)  # importing them is what registers their methods
SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    channel TEXT NOT NULL, ts TEXT NOT NULL, user TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL,
    metadata TEXT, thread_ts TEXT, edited_ts TEXT, PRIMARY KEY (channel, ts)
);
CREATE TABLE IF NOT EXISTS membership (channel TEXT PRIMARY KEY);
"""


def _install(app: Flask) -> None:
    add_methods(app)


def _fill(connection: sqlite3.Connection, _today: date) -> None:
    joined = [(channel.id,) for channel in CHANNELS if channel.has_bot]
    connection.executemany("INSERT INTO membership (channel) VALUES (?)", joined)


# Generous, as the vendor is to one small app; one message a second per channel.
SLACK = Face(
    name="slack",
    title="Slack",
    page="pages.slack_channels",
    install=_install,
    schema=SCHEMA,
    rates={"slack": Rate(50, 100), "slack post": Rate(1, 5)},
    fill=_fill,
)
