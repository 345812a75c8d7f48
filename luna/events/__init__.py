"""The append-only log of everything that happened; `luna.events.log` writes it and `luna.events.models` holds it."""
