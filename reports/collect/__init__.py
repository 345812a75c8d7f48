"""The only place where reports reads the database: one module per page or report (digest.py, portfolio.py, overview.py …)."""
