"""What every page shares: the shell, the template tags, fragments for htmx, and the security headers."""
