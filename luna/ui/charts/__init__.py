"""Charts as coordinates: each module lays out one kind of drawing, a template of templates/_shared draws it (pure)."""
