"""The demo shop: what its buttons fire, and the events that are broken on purpose."""
