"""What a share link's templates are given leads to no model and to no secret of the recording."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.paths import ROOT

pytestmark = pytest.mark.starts_processes


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """For each view of each share: the templates that it rendered, and what leaked."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path_factory.mktemp("contexts"))}
    run = subprocess.run(
        [sys.executable, "-m", "tests.share_contexts"],
        cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4_000:]
    views: dict[str, dict[str, Any]] = json.loads(run.stdout)
    return views


def test_no_template_of_a_share_is_given_a_model_or_a_secret(found: dict[str, dict[str, Any]]) -> None:
    assert {view: each["leaks"] for view, each in found.items() if each["leaks"]} == {}


def test_all_templates_of_a_share_were_looked_into(found: dict[str, dict[str, Any]]) -> None:
    """Otherwise the test above could pass because nothing was rendered."""
    rendered = {template for each in found.values() for template in each["templates"]}
    assert rendered >= {
        f"inspector/{name}"
        for name in (
            *("shared.html", "shared_event.html", "_timeline.html", "_event.html", "_frame.html"),
            *("_newer.html", "_older.html", "_event_names.html", "_timeline_rows.jinja", "_counts.html"),
        )
    }
    assert "exports/recording.html" in rendered
    assert len({view.split(" ", 1)[0] for view in found}) == 4
    assert all(each["templates"] for view, each in found.items() if " export " not in view)
