"""The tables of Jira's face: issues as they are, as searches see them, and what changed."""

from __future__ import annotations

ISSUE_COLUMNS = """
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, number INTEGER NOT NULL, project_key TEXT NOT NULL,
    type TEXT NOT NULL, summary TEXT NOT NULL, description TEXT NOT NULL,
    status TEXT NOT NULL, category TEXT NOT NULL, resolution TEXT,
    resolved INTEGER, parent_id INTEGER, assignee TEXT, reporter TEXT, labels TEXT NOT NULL, fix_versions TEXT NOT NULL,
    blocks TEXT NOT NULL, estimate_seconds INTEGER, due TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    category_changed INTEGER NOT NULL, written INTEGER NOT NULL, revision INTEGER NOT NULL
"""

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS issue ({ISSUE_COLUMNS});
CREATE TABLE IF NOT EXISTS issue_index ({ISSUE_COLUMNS});
CREATE INDEX IF NOT EXISTS issue_revision ON issue (revision);
CREATE INDEX IF NOT EXISTS issue_parent ON issue (parent_id);
CREATE INDEX IF NOT EXISTS issue_blocker ON issue (id) WHERE blocks != '[]';
CREATE INDEX IF NOT EXISTS issue_index_updated ON issue_index (updated, project_key, number);
CREATE INDEX IF NOT EXISTS issue_index_parent ON issue_index (parent_id);
CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY, issue_id INTEGER NOT NULL, at INTEGER NOT NULL, field TEXT NOT NULL,
    was TEXT, became TEXT
);
CREATE INDEX IF NOT EXISTS change_issue ON change (issue_id, at);
CREATE TABLE IF NOT EXISTS jira_grant (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, scope TEXT NOT NULL, expires REAL NOT NULL, redirect_uri TEXT NOT NULL
);
"""
