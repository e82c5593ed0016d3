"""Replay: what was on screen, as rrweb recorded it, stored in bounded parts."""
