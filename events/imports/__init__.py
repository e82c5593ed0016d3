"""Imports files and pasted text. The readers are pure; ``import_file``, ``ingest`` and ``restore`` store."""
