"""The Google face: sign-in, Drive, Docs and Slides, as far as an app that writes reports needs them."""

from __future__ import annotations
