"""Stores events: the only write path, with collect, writer, transaction, loss accounting and wake-ups."""
