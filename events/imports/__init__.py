"""Reading what is brought in: our own exports, HAR files, pasted code. Pure; ``events.importing`` writes."""
