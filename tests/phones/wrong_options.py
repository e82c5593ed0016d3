"""Gives options to the script for mitmproxy, and prints what it logs; runs in mitmproxy's environment.

Standard input is a JSON list of objects: options with their values. Standard output is a JSON list of lists:
the lines that the script logs of each object.
"""

import json
import logging
import runpy
import sys

from mitmproxy.test import taddons


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))  # with the traceback, where there is one


def main(script: str) -> None:
    """Print the lines of each set of options."""
    found = []
    for options in json.load(sys.stdin):
        lines = _Lines()
        logging.getLogger("cact_inspector").addHandler(lines)
        (addon,) = runpy.run_path(script)["addons"]
        with taddons.context(addon) as context:
            context.configure(addon, **options)
        logging.getLogger("cact_inspector").removeHandler(lines)
        found.append(lines.lines)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
