"""The tables of the Google face."""

from __future__ import annotations

# The key outlives a reset, so that key files that people saved still open the door.
SCHEMA = """
CREATE TABLE IF NOT EXISTS google_key (pem TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS google_key_stays BEFORE DELETE ON google_key BEGIN SELECT RAISE(IGNORE); END;
CREATE TABLE IF NOT EXISTS google_drive (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS google_file (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, mime_type TEXT NOT NULL, parent TEXT NOT NULL, drive_id TEXT NOT NULL,
    owner TEXT NOT NULL, app_properties TEXT NOT NULL, is_app_made INTEGER NOT NULL, is_trashed INTEGER NOT NULL,
    created TEXT NOT NULL, modified TEXT NOT NULL, revision INTEGER NOT NULL, content TEXT NOT NULL,
    description TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS google_file_parent ON google_file (parent);
CREATE TABLE IF NOT EXISTS google_permission (
    file TEXT NOT NULL, type TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (file, type, who)
);
CREATE TABLE IF NOT EXISTS google_grant (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, scopes TEXT NOT NULL, expires REAL NOT NULL,
    redirect_uri TEXT NOT NULL, challenge TEXT NOT NULL, source TEXT NOT NULL
);
"""
