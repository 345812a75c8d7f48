"""A tracker for tests: what `docs/how-to/add-a-source.md` says a folder needs, and nothing more."""
