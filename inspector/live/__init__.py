"""The live view: how stored events reach the pages that show them.

A wake-up says only that a recording has news; the database holds the data. Each viewer has a cursor: the last
event, and the last change of an earlier event, that it was sent. Woken up, or at an interval of its own, it
reads what follows its cursor, renders rows and pushes a frame. The first paint, a catch-up, a reconnect, a
poll and the push all use this read, so a lost wake-up costs time and no row.

``wakeups`` subscribes to the channel layer, ``consumer`` is the socket and ``follow_state`` its state,
``shared_reads`` reads once for viewers at the same cursor, ``frames`` and ``rows`` render, and
``visible_recording`` reads what a viewer may see: all, or what a share link shows (``share_visibility``).
"""
