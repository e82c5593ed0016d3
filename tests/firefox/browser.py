"""A headless Firefox, driven by ``driver.mjs``: its tabs, and what their pages evaluate and throw."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests import services
from tests.waiting import wait_for

_DRIVER: Final = Path(__file__).parent / "driver.mjs"
_END_TIMEOUT: Final = 60  # seconds until Firefox must have ended, on a busy machine, too


class Tab:
    """A tab, by its name in the driver."""

    def __init__(self, firefox: "Firefox", name: str) -> None:
        self.firefox, self.name = firefox, name

    def goto(self, url: str) -> None:
        """Load a page; returns after its load event."""
        self.firefox.ask("goto", tab=self.name, url=url)

    def goto_extension(self, url: str) -> None:
        """Load a page of an extension."""
        self.firefox.ask("gotoExtension", tab=self.name, url=url)
        wait_for(url, lambda: self.evaluate("document.readyState === 'complete' && location.href") == url)

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page's own scope; a promise is awaited."""
        return self.firefox.ask("evaluate", tab=self.name, script=script)

    def leave(self, script: str) -> None:
        """Run a script that navigates; returns when the next page has loaded."""
        self.firefox.ask("leave", tab=self.name, script=script)

    def click(self, selector: str) -> None:
        """Click the element with the mouse, once it can be clicked."""
        self.firefox.ask("click", tab=self.name, selector=selector)

    def to_front(self) -> None:
        """Show this tab; the tab shown before is hidden."""
        self.firefox.ask("front", tab=self.name)

    def close(self, *, asking: bool = True) -> None:
        """Close the tab; ``asking``: with the event ``beforeunload`` first, as a user's click does."""
        self.firefox.ask("close", tab=self.name, asking=asking)


class Firefox:
    """The running browser. ``ask`` sends one command to the driver and waits for its answer."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, command: str, **given: Any) -> Any:
        """The command's value; fails with the driver's error."""
        commands, answers = self._process.stdin, self._process.stdout
        assert commands is not None
        assert answers is not None
        commands.write(json.dumps({"ask": command, **given}) + "\n")
        commands.flush()
        line = answers.readline()
        assert line, f"the driver of Firefox ended at {command!r}: its standard error says why"
        answer = json.loads(line)
        assert "error" not in answer, f"{command} {given}: {answer['error']}"
        return answer["value"]

    def open(self, beside: Tab | None = None) -> Tab:
        """A new tab with a profile of its own, or with that of the tab that it is opened beside."""
        return Tab(self, self.ask("open", beside=beside.name if beside else None))

    def reset(self) -> list[str]:
        """Close all tabs; what their pages threw and did not catch."""
        thrown: list[str] = self.ask("reset")
        return thrown


@contextmanager
def running_firefox(preferences: Mapping[str, bool | int | str]) -> Iterator[Firefox]:
    """Run Firefox with a fresh profile for the block. ``preferences`` are changes to ``about:config``."""
    program = services.firefox()
    assert program is not None
    command = ["node", str(_DRIVER), program, json.dumps(preferences)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Firefox(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(_END_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
