"""A place for tests: what `docs/how-to/add-a-destination.md` says a folder needs, and nothing more."""
