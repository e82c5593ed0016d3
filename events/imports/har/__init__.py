"""Reads HAR files: a scanner finds the entries, the reader extracts events from their requests."""
