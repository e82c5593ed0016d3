"""Serving with Daphne: request limits, back-pressure, TLS, response headers, the fast path."""
