"""Judging: from an incoming event to a stored row with its verdict."""
