"""Profiles a server under load: samples of collecting, by function and as a flame graph.

Run by ``make profile``. Shares are of the time in which a thread of the server ran Python (held the
interpreter's lock); a function's share includes the functions that it called.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from tests.bench.bodies import bodies
from tests.bench.load import post, press
from tests.servers import Server

_FOLDER: Final = Path(__file__).resolve().parents[2] / ".bench"
_SAMPLER: Final = Path(sys.executable).parent / "py-spy"
_SECONDS: Final = 8
_SHOWN: Final = 45
_OURS: Final = ("events/", "inspector/")


def main() -> int:
    """Sample a server under load, print the table; returns 1 where the sampler failed."""
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            recording = server.new_recording("Profile")
            requests = post(f"/collect/{recording['capture_key']}", bodies(1))
            press(server.port, requests, connections=32, seconds=1)  # warm-up: fills the caches
            samplers = [_sample(server.pid, form) for form in ("raw", "flamegraph")]
            press(server.port, requests, connections=32, seconds=_SECONDS + 2)
            problems = [sampler.communicate()[1] for sampler in samplers if sampler.wait(30)]
        finally:
            server.stop()
    if problems:
        sys.stderr.write(problems[0])
        return 1
    sys.stdout.write(_table((_FOLDER / "collect.raw").read_text()))
    sys.stdout.write(f"Flame graph: {_FOLDER.name}/collect.svg\n")
    return 0


def _sample(pid: int, form: str) -> "subprocess.Popen[str]":
    output = _FOLDER / f"collect.{'svg' if form == 'flamegraph' else form}"
    options = ["--gil", "--rate", "250", "--duration", str(_SECONDS), "--format", form]
    return subprocess.Popen(
        [_SAMPLER, "record", "--pid", str(pid), *options, "--output", output],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _table(samples: str) -> str:
    """The functions of the product and of its libraries, with their shares."""
    whole: Counter[str] = Counter()
    own: Counter[str] = Counter()
    for line in samples.splitlines():
        stack, _, samples_seen = line.rpartition(" ")
        frames = [frame.rpartition(":")[0] + ")" for frame in stack.split(";")]
        for frame in set(frames):
            whole[frame] += int(samples_seen)
        own[frames[-1]] += int(samples_seen)
    total = max(own.total(), 1)
    lines = [f"{'share':>7} {'itself':>7}  function"]
    for frame, count in whole.most_common(_SHOWN):
        mark = "*" if any(room in frame for room in _OURS) else " "
        lines.append(f"{count / total:7.1%} {own[frame] / total:7.1%} {mark}{frame}")
    return "\n".join([*lines, "* the product's", ""])


if __name__ == "__main__":
    sys.exit(main())
