"""Calls to Jira through the `jira` SDK, each with a total deadline, and its errors in Luna's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import requests
from jira import JIRA
from jira.exceptions import JIRAError
from requests.auth import AuthBase

from integrations.account import Access, Project
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError
from integrations.sources.base import RateLimits
from integrations.sources.jira.limits import told_limits
from integrations.sources.jira.refusals import Product, named, not_json, unreachable
from luna.lib.http import Limits, guarded
from luna.lib.text import clean_line

LONGEST_QUERY = 1500
"""Characters, encoded: with it an address stays well below the 8,000 that servers and proxies take."""

Answer = TypeVar("Answer")


class JiraClient:
    """What both products are asked. One client per piece of work: the SDK's session is not for several threads.

    `is_bearer` says how the secret is sent: by itself, or as the password of `access.account`. `root` is where the API
    is, if it isn't at `access.base_url`; `auth` signs the calls, where the secret can't by itself.
    """

    product: ClassVar[Product]
    api_version: ClassVar[str]
    deployment_type: ClassVar[str]

    def __init__(
        self, access: Access, limits: Limits | None, *, is_bearer: bool, root: str = "", auth: AuthBase | None = None
    ) -> None:
        limits = limits or Limits()
        self.requests = 0
        self.rate_limits = RateLimits()
        self.signs_alone = auth is None
        """Whether calls are signed by the secret as it is, which no renewal changes."""
        secret = access.secret.reveal()
        self._sdk = JIRA(
            server=root or access.base_url,
            basic_auth=None if is_bearer else (access.account, secret),
            token_auth=secret if is_bearer else None,
            options={"rest_api_version": self.api_version},
            get_server_info=False,
            logging=False,
            max_retries=0,
            timeout=(limits.connect_seconds, limits.read_seconds),
        )
        # Without it the SDK's cloud calls answer None: https://github.com/pycontribs/jira/issues/2369
        self._sdk.deploymentType = self.deployment_type
        if auth is not None:
            self._sdk._session.auth = auth
        guarded(self._sdk._session, limits, self._counted)
        self._sdk._session.hooks["response"].append(self._heard)

    def _counted(self) -> None:
        self.requests += 1

    def _heard(self, response: requests.Response, **_kwargs: Any) -> None:
        """Of limits, where the answer tells of any."""
        self.rate_limits = told_limits(response.headers) or self.rate_limits

    def close(self) -> None:
        """Let the kept connections go."""
        self._sdk._session.close()

    def server_info(self) -> dict[str, Any]:
        """What kind of Jira answers. Asked without credentials first, lest a wrong token look like a wrong address."""
        url = self._sdk._get_url("serverInfo")
        try:
            return _object(self._call(lambda: self._sdk._session.get(url, auth=_anonymous).json()))
        except NeedsAttentionError as error:
            if error.kind not in {ErrorKind.SIGN_IN_REFUSED, ErrorKind.MISSING_SCOPE}:
                raise
        return _object(self._get("serverInfo"))

    def myself(self) -> dict[str, Any]:
        """The account that the token belongs to."""
        return _object(self._call(self._sdk.myself))

    def fields(self) -> list[Any]:
        """Every field that the site knows, custom ones with their schema."""
        found = self._get("field")
        return found if isinstance(found, list) else []

    def projects(self) -> list[dict[str, Any]]:
        """Every project that the account may browse."""
        raise NotImplementedError

    def count(self, jql: str) -> int:
        """About how many issues the query finds."""
        raise NotImplementedError

    def issues(self, ids: list[str], fields: list[str]) -> list[Any]:
        """Those of the issues that the account may see, in one call; not by the search index where that may lag."""
        raise NotImplementedError

    def issue(self, issue_id: str, fields: list[str]) -> Any:
        """One issue as it is now. Raises NotFoundError: it was deleted, or the account may not see it."""
        return self._get(f"issue/{quote(issue_id, safe='')}", fields=",".join(fields))

    def may_browse(self, project_id: str) -> bool:
        """Whether the account sees the project at all."""
        try:
            self.project(project_id)
        except NotFoundError:
            return False
        return True

    def project(self, id_or_key: str) -> Project:
        """One project as it is now. Jira goes on answering to a key that it had before. Raises NotFoundError."""
        return project_of(_object(self._get(f"project/{quote(id_or_key, safe='')}")))

    def _get(self, path: str, **asked: Any) -> Any:
        return self._call(partial(self._sdk._get_json, path, params=asked))

    def _search(self, path: str, jql: str, fields: list[str], **asked: Any) -> dict[str, Any]:
        """One page as it came. By GET, which every gateway lets through, unless the query is too long for an address.

        The SDK's own search would fetch the list of fields first, and wrap every issue in a slow object.
        """
        post = partial(self._sdk._get_json, path, params={"jql": jql, "fields": fields} | asked, use_post=True)
        if len(quote(jql)) > LONGEST_QUERY:
            return _object(self._call(post))
        try:
            return _object(self._get(path, jql=jql, fields=",".join(fields), **asked))
        except NotFoundError as error:
            if not error.detail.startswith(("405", "501")):
                raise
        return _object(self._call(post))

    def _call(self, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except JIRAError as error:
            raise named(error, self.product) from None
        except requests.exceptions.JSONDecodeError:
            raise not_json() from None
        except requests.RequestException as error:
            raise unreachable(error) from None
        except (ValueError, RecursionError):
            raise not_json() from None


def project_of(answer: Mapping[str, Any]) -> Project:
    """A project out of Jira's answer."""
    key, name = clean_line(str(answer.get("key")), limit=40), clean_line(str(answer.get("name")), limit=120)
    return Project(str(answer.get("id")), key, name)


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def issue_list(answer: Any) -> list[Any]:
    """The issues of an answer, each as it came."""
    found = _object(answer).get("issues")
    if not isinstance(found, list):
        raise not_json()
    return found


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise not_json()
    return value
