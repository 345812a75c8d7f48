"""Template tags: `{% load ui %}`."""
