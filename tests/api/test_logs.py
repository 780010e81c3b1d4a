"""What the service writes down of an error: where, and never the values of variables."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import structlog
from geoplan.logs import configure_logs

configure_logs("WARNING")
log = structlog.get_logger("geoplan.api")
log.info("not written")
structlog.contextvars.bind_contextvars(request_id="abc")
try:
    phone = "13800" + "000000"
    raise RuntimeError("broken")
except RuntimeError:
    log.exception("unexpected", path="/api/图层")
"""


def test_an_error_is_one_line_of_json_with_its_request_and_no_values() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    (line,) = done.stderr.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["request_id"]) == ("unexpected", "error", "abc")
    assert said["path"] == "/api/图层"
    assert "RuntimeError: broken" in said["exception"]
    assert "13800000000" not in line
    assert done.stdout == ""
