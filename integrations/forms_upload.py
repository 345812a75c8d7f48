"""Taking a file with tasks."""

from __future__ import annotations

from typing import Any

from django import forms

from integrations.errors import RefusedError
from integrations.sources.upload.listing import MOST_BYTES, TOO_LARGE, Listing, read_file


class UploadForm(forms.Form):
    """A file, and whether it is the whole list. `listing` is what the file holds, once it was read."""

    file = forms.FileField(
        label="File",
        help_text="CSV or .xlsx, at most 10 MB and 50,000 rows; the first row names the columns.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    replaces = forms.BooleanField(
        required=False,
        label="This is the whole list",
        help_text="Tasks that are not in the file are removed. Otherwise they stay.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listing: Listing | None = None

    def clean_file(self) -> Any:
        """Read it to the end; what can't be read at all is refused in a sentence."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        try:
            self.listing = read_file(file.name or "", file.read())
        except RefusedError as error:
            raise forms.ValidationError(error.sentence) from None
        return file
