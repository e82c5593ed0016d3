"""Reads pasted curl commands: splits shell command lines, then parses curl's options."""
