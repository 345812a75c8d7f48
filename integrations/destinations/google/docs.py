"""Docs: a report is put on top of a document by one batch, under a revision that must be the newest.

A second batch for the same revision is refused, so a report can't be in a document twice, whoever tried how often.
Source: https://developers.google.com/workspace/docs/api/reference/rest/v1/documents/batchUpdate
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import requests
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest

from integrations.destinations.google.client import GoogleClient
from integrations.destinations.google.drive import GONE
from integrations.destinations.google.refusals import is_stale_revision, named, unclear
from integrations.errors import ErrorKind, NotFoundError, RetryLaterError
from luna import clock


def fill_document(client: GoogleClient, document_id: str, requests_: list[dict[str, Any]], *, key: str) -> None:
    """Insert the report, unless its named range says that it is there. Raises ProviderError."""
    asked = client.docs.documents()
    now = read(client, asked.get(documentId=document_id, fields="revisionId,namedRanges"))
    if f"luna:{key}" in (now.get("namedRanges") or {}):
        return
    body = {"requests": requests_, "writeControl": {"requiredRevisionId": now.get("revisionId")}}
    write(client, asked.batchUpdate(documentId=document_id, body=body))


def read(client: GoogleClient, request: HttpRequest) -> dict[str, Any]:
    """What the file is now. Raises NotFoundError with the kind FILE_GONE when it is not there any more."""
    try:
        return client.call(request, missing=GONE)
    except NotFoundError as error:
        raise NotFoundError(GONE, kind=ErrorKind.FILE_GONE, detail=error.detail) from None


def write(client: GoogleClient, request: HttpRequest) -> None:
    """One batch. Raises RetryLaterError when somebody wrote meanwhile, AmbiguousError when it may have been done."""
    _ = client.token
    try:
        client.attempt(request)
    except HttpError as error:
        if is_stale_revision(error):
            raise RetryLaterError(
                "Somebody wrote in the file at the same moment. Luna tries again.",
                kind=ErrorKind.RATE_LIMITED,
                until=clock.now() + timedelta(seconds=5),
                detail="not the newest revision",
            ) from None
        raise (unclear(error) or named(error, missing=GONE)) from None
    except (requests.RequestException, ValueError) as error:
        raise (unclear(error) or named(error, missing=GONE)) from None
