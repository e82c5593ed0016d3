"""The lower room: reads, judges, stores, lists and exports Commanders Act events."""
