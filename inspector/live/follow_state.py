"""The state of one live socket: what its page follows, and whether it may be sent a frame.

Plain values without I/O: the consumer reports what happened by a method and asks ``may_send`` afterwards. The
states are *silent* (the page has not spoken yet), *following*, and *holding* (rows wait, the counters go on).
In each of them a frame may be ``due``; it is sent once the page has acknowledged enough of the earlier ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

_LARGEST_CURSOR = 2**62
_LARGEST_EPOCH = 2**31


class Follow(NamedTuple):
    """A page's request to follow: the cursor to begin after, the filter as a query string, and the epoch."""

    after: int = 0
    changes: int = 0
    query: str = ""
    epoch: int = 0

    @classmethod
    def parse(cls, message: Mapping[str, Any]) -> "Follow":
        """The request in a message; an invalid number counts as 0, an invalid query as no filter."""
        query = message.get("query")
        return cls(
            _number(message.get("after"), _LARGEST_CURSOR),
            _number(message.get("changes"), _LARGEST_CURSOR),
            query if isinstance(query, str) else "",
            _number(message.get("epoch"), _LARGEST_EPOCH),
        )


@dataclass(slots=True)
class FollowState:
    """What the page of one socket asked for, and which frames it has acknowledged.

    ``window``: how many frames may be unacknowledged. ``requested``: a follow that was not started yet.
    ``sent`` numbers the frames. ``due``: a frame should be read, as soon as it may be sent.
    """

    window: int
    requested: Follow | None = None
    following: bool = False
    holding: bool = False
    sent: int = 0
    acknowledged: int = 0
    due: bool = False

    def follow(self, request: Follow) -> None:
        """Note that the page follows from another cursor or with another filter, and ends a hold."""
        self.requested, self.holding, self.due = request, False, True

    def hold(self) -> None:
        """Note that the page wants no rows until its next follow."""
        self.holding = True

    def news(self) -> None:
        """Note that something was stored after the last frame was read."""
        self.due = True

    def acknowledge(self, number: int) -> bool:
        """Note that the page has the frames up to ``number``. True where a due frame may be sent now."""
        self.acknowledged = max(self.acknowledged, min(number, self.sent))
        return self.due and self.may_send()

    def start(self) -> Follow | None:
        """Begin the requested follow and return it; None where the page has not asked for another one.

        Must not be called while a frame is read. Acknowledgements of earlier frames are no longer waited for.
        """
        request, self.requested = self.requested, None
        if request is not None:
            self.following, self.acknowledged = True, self.sent
        return request

    def may_send(self) -> bool:
        """True where the page follows and has acknowledged all but a window of frames."""
        return self.following and self.sent - self.acknowledged < self.window

    def begin_frame(self) -> int:
        """Number the frame that is read next. What is stored during the read makes another one due."""
        self.sent, self.due = self.sent + 1, False
        return self.sent

    def frame_sent(self, *, more: bool, beyond: bool) -> None:
        """Note that a frame was sent: ``more`` rows follow it, or others may be stored ``beyond`` it."""
        if more or (beyond and not self.holding):
            self.due = True


def _number(value: Any, end: int) -> int:
    return value if type(value) is int and 0 <= value < end else 0
