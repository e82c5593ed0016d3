"""Reads curl commands as people paste them: shells and options."""
