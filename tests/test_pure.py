"""A test that is marked as pure cannot start a process or open a connection; one that can is not marked."""

import socket
import subprocess
import sys

import pytest

from tests.pure import NotPure


def test_a_pure_test_starts_no_process() -> None:
    with pytest.raises(NotPure, match="starts_processes"):
        subprocess.Popen([sys.executable, "-c", ""])


def test_a_pure_test_opens_no_connection() -> None:
    with socket.socket() as free, pytest.raises(NotPure):
        free.bind(("127.0.0.1", 0))


@pytest.mark.starts_processes
def test_a_test_that_says_so_may_start_one(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("pure") is None
    assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0
