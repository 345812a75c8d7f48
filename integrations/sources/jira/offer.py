"""The projects that a connection offers, found by any word that people have for them.

Luna sends their ids, which stay when a project is renamed. A key or name that a project had before leads to it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from integrations.account import FORMERLY, Project
from integrations.errors import ErrorKind, NotFoundError, RefusedError
from integrations.sources.jira import jql
from integrations.sources.jira.client import JiraClient
from luna.lib.text import clean_line


class Offer:
    """None of them limits nothing."""

    def __init__(self, offered: Iterable[Mapping[str, str]] | None, client: JiraClient) -> None:
        rows = None if offered is None else list(offered)
        self.projects = None if rows is None else [Project(one["id"], one["key"], one["name"]) for one in rows]
        self._client = client
        self._ids: dict[str, str] = {}
        for one in rows or ():
            self._ids |= dict.fromkeys(_folded(one.get(FORMERLY, "").split("\n")), one["id"])
        for project in self.projects or ():
            # Last: what a project is called now outweighs what another was called before.
            self._ids |= dict.fromkeys(_folded((project.id, project.key, project.name)), project.id)

    @property
    def ids(self) -> list[str] | None:
        """Theirs; None where nothing is limited."""
        return None if self.projects is None else [project.id for project in self.projects]

    def limited(self, condition: str, named: Iterable[str]) -> str:
        """The condition within the offer, its projects by their ids. Raises RefusedError, BadQueryError of jql.

        `named` are the projects that it names, as written.
        """
        if self.projects is None:
            return jql.limited(condition, None)
        strangers = sorted(clean_line(name, limit=60) for name in named if not self._leads_to_one(name))
        limited = jql.limited(jql.with_project_ids(condition, self._ids), self.ids)
        if strangers:
            raise RefusedError(
                f"This connection does not offer {' or '.join(strangers)}. An admin can add it under Settings, "
                "Integrations; or choose tasks of another project. If it was renamed, link its tasks anew by the key "
                "that it has now.",
                kind=ErrorKind.NOT_OFFERED,
            )
        return limited

    def _leads_to_one(self, name: str) -> bool:
        """Jira is asked for a key that Luna has never heard of: the project may have got it since."""
        word = name.casefold()
        if self._ids and word not in self._ids and jql.is_project_key(name):
            try:
                self._ids[word] = self._client.project(name).id
            except (NotFoundError, RefusedError):
                self._ids[word] = ""
        return self._ids.get(word, "") in (self.ids or ())


def _folded(words: Iterable[str]) -> list[str]:
    return [word.casefold() for word in words if word]
