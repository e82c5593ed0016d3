"""The state of a live socket, without a socket: what the page follows, and when it may be sent a frame."""

from typing import Any

import pytest

from inspector.live.follow_state import Follow, FollowState

ELSEWHERE = Follow(after=41, changes=7, query="verdict=invalid", epoch=2)


@pytest.fixture
def state() -> FollowState:
    """A socket just opened, whose page may leave two frames unacknowledged."""
    return FollowState(window=2)


@pytest.fixture
def following(state: FollowState) -> FollowState:
    """A socket whose page follows and has nothing due."""
    state.follow(Follow())
    state.start()
    send(state)
    state.acknowledge(1)
    return state


def send(state: FollowState, *, more: bool = False, beyond: bool = False) -> int:
    number = state.begin_frame()
    state.frame_sent(more=more, beyond=beyond)
    return number


def test_a_page_that_has_not_spoken_is_sent_nothing(state: FollowState) -> None:
    state.news()
    assert state.due
    assert not state.may_send()
    assert state.start() is None
    assert not state.may_send()


def test_the_first_follow_makes_a_frame_due(state: FollowState) -> None:
    state.follow(ELSEWHERE)
    assert state.due
    assert not state.may_send()  # before it has begun
    assert state.start() == ELSEWHERE
    assert state.may_send()
    assert state.start() is None


def test_only_the_last_of_several_follows_is_obeyed(state: FollowState) -> None:
    state.follow(Follow(epoch=1))
    state.follow(ELSEWHERE)
    assert state.start() == ELSEWHERE


def test_frames_are_numbered_and_a_sent_one_is_no_longer_due(following: FollowState) -> None:
    for number in (2, 3):
        following.news()
        assert following.due
        assert send(following) == number
        assert not following.due


def test_a_follow_during_a_read_is_obeyed_after_it(following: FollowState) -> None:
    following.begin_frame()
    following.follow(ELSEWHERE)
    following.frame_sent(more=False, beyond=False)
    assert following.due
    assert following.start() == ELSEWHERE


def test_what_is_stored_during_a_read_makes_another_frame_due(following: FollowState) -> None:
    following.begin_frame()
    following.news()
    following.frame_sent(more=False, beyond=False)
    assert following.due


@pytest.mark.parametrize(
    ("holding", "more", "beyond", "due"),
    [
        (False, False, False, False),
        (False, True, False, True),
        (False, False, True, True),
        (True, False, True, False),  # the rows wait: reading on would only repeat the counters
        (True, True, False, True),  # changes of earlier rows are sent to a page that holds, too
    ],
)
def test_a_frame_is_followed_by_another_one_where_there_is_more(
    following: FollowState, holding: bool, more: bool, beyond: bool, due: bool
) -> None:
    if holding:
        following.hold()
    send(following, more=more, beyond=beyond)
    assert following.due is due


def test_a_page_that_lags_is_waited_for(following: FollowState) -> None:
    for _ in range(2):
        following.news()
        assert following.may_send()
        send(following)
    following.news()
    assert not following.may_send()
    assert following.acknowledge(2)
    assert following.may_send()


def test_an_acknowledgement_without_news_causes_no_frame(following: FollowState) -> None:
    """Otherwise it would cause the next acknowledgement, for ever."""
    send(following)
    assert not following.acknowledge(2)
    assert not following.due


def test_an_acknowledgement_of_too_little_causes_no_frame() -> None:
    state = FollowState(window=1)
    state.follow(Follow())
    state.start()
    send(state)
    state.news()
    assert not state.acknowledge(0)
    assert state.acknowledge(1)


@pytest.mark.parametrize("number", [-5, 0, 1])
def test_an_old_acknowledgement_takes_nothing_back(following: FollowState, number: int) -> None:
    following.acknowledge(number)
    assert following.acknowledged == 1


def test_an_acknowledgement_of_a_frame_that_was_not_sent_counts_for_those_that_were(
    following: FollowState,
) -> None:
    following.acknowledge(99_999)
    assert following.acknowledged == 1
    for _ in range(2):
        send(following)
    assert not following.may_send()


def test_a_new_follow_does_not_wait_for_earlier_frames(following: FollowState) -> None:
    for _ in range(2):
        send(following)
    following.follow(ELSEWHERE)
    assert not following.may_send()
    following.start()
    assert following.may_send()
    assert following.acknowledged == 3


def test_holding_lasts_until_the_next_follow(following: FollowState) -> None:
    following.hold()
    assert following.holding
    following.news()
    assert following.may_send()  # the counters go on
    following.follow(ELSEWHERE)
    assert not following.holding


def test_a_follow_is_read_from_a_message() -> None:
    message = {"after": 41, "changes": 7, "query": "verdict=invalid", "epoch": 2}
    assert Follow.parse(message) == ELSEWHERE
    assert Follow.parse({}) == Follow(0, 0, "", 0)


@pytest.mark.parametrize("value", [-1, "x", None, 2**63, 1.5, True, [], {}])
def test_a_cursor_that_is_none_is_the_beginning(value: Any) -> None:
    assert Follow.parse({"after": value, "changes": value, "query": value, "epoch": value}) == Follow(
        0, 0, value if isinstance(value, str) else "", 0
    )
