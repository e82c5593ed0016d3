"""The OpenAPI document says what the server does.

Schemathesis asks everything that the document allows, and much that it does not, and compares the answers.
It always asks the same, so what it finds on CI it finds at home.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.example_events import REFERENCE
from tests.servers import Server

#: A recording that was stopped or deleted would refuse what the document allows: these get ones of their own.
_CHANGED_ONES = [
    f"""[[operations]]
include-method = "{method.upper()}"
include-path = "/api/recordings/{{{{key}}}}"
parameters = {{{{ "path.key" = "{{{method}}}" }}}}"""
    for method in ("patch", "delete")
]
#: No schema can say whether there is an event in a file.
_FILES = """[[operations]]
include-path = "/api/import"
checks.positive_data_acceptance.expected-statuses = [201, 400]
checks.negative_data_rejection.expected-statuses = [201, 400, 415]"""

#: No schema can say which texts are queries, and which are time zones.
_QUERIES = """[[operations]]
include-path-regex = "^/api/(?:compare|recordings/.+/(?:events|export[.].+))$"
checks.positive_data_acceptance.expected-statuses = [200, 400, 404]"""


@pytest.mark.timeout(300)  # some two thousand requests, on a busy machine too
@pytest.mark.parametrize("found", [True, False], ids=["what is there", "what is not there"])
def test_every_answer_is_as_documented(found: bool, server: Server, tmp_path: Path) -> None:
    recording = server.new_recording()
    changed = {method: server.new_recording()["key"] for method in ("patch", "delete")}
    known = {
        "path.key": recording["key"],
        "path.capture_key": recording["capture_key"],
        "path.event": next(iter(REFERENCE.events)),
        "query.token": recording["capture_key"],
        "query.a": recording["key"],
        "query.b": recording["key"],
    }
    lines = [f'"{name}" = {json.dumps(value)}' for name, value in known.items() if found]
    config = tmp_path / "schemathesis.toml"
    lines += _CHANGED_ONES if found else []
    config.write_text("\n".join(["[parameters]", *lines, _FILES, _QUERIES]).format(**changed))
    examples = "20" if found else "3"  # an address that is not there has one answer, whatever is sent with it
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", config),
            *("run", f"{server.url}/api/openapi.json", "--checks", "all"),
            *("--max-examples", examples, "--generation-deterministic"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    paths = server.client.get("/api/openapi.json").json()["paths"]
    assert f"{sum(map(len, paths.values()))} selected" in run.stdout
