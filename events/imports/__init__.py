"""Reads files and pasted text into events. Its readers are pure; import_file and ingest store."""
