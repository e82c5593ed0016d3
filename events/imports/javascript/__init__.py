"""Reads cact() calls in JavaScript and HTML without running anything."""
