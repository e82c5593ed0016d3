"""The one write path: collect, writer, transaction, loss accounting, wake-ups."""
