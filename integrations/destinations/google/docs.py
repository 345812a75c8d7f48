"""Docs: a report is put on top of a document by one batch, under a revision that must be the newest.

A second batch for the same revision is refused, so a report can't be in a document twice, whoever tried how often.
Source: https://developers.google.com/workspace/docs/api/reference/rest/v1/documents/batchUpdate
"""

from __future__ import annotations

from typing import Any

from googleapiclient.http import HttpRequest

from integrations.destinations.google.client import GoogleClient
from integrations.destinations.google.drive import GONE
from integrations.errors import ErrorKind, NotFoundError


def fill_document(client: GoogleClient, document_id: str, requests_: list[dict[str, Any]], *, key: str) -> None:
    """Insert the report, unless its named range says that it is there. Raises ProviderError."""
    asked = client.docs.documents()
    now = read(client, asked.get(documentId=document_id, fields="revisionId,namedRanges"))
    if f"luna:{key}" in (now.get("namedRanges") or {}):
        return
    body = {"requests": requests_, "writeControl": {"requiredRevisionId": now.get("revisionId")}}
    client.write(asked.batchUpdate(documentId=document_id, body=body), missing=GONE)


def read(client: GoogleClient, request: HttpRequest) -> dict[str, Any]:
    """What the file is now. Raises NotFoundError with the kind FILE_GONE when it is not there any more."""
    try:
        return client.call(request, missing=GONE)
    except NotFoundError as error:
        raise NotFoundError(GONE, kind=ErrorKind.FILE_GONE, detail=error.detail) from None
