"""Presenters: the values that templates are given, made from events and the reference."""
