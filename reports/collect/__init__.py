"""The only place where reports reads the database: one module per page or report (digest, portfolio, overview …)."""
