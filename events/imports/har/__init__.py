"""Reads HAR files: entries found by a scanner, events taken from their requests."""
