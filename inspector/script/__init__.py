"""Assembles the page-side script, the browser extension and the snippets, with their settings."""
