"""The live view: a consumer is woken up, reads from its cursor, renders rows and pushes a frame."""
