"""The demo shop: its catalogue, the events of its buttons, and events that are broken on purpose."""
