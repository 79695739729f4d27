# SPDX-License-Identifier: Apache-2.0
"""A visit is what was sent: every case of answered.json, through a real Hummingbird server."""

import json

import pytest
from bindings.python.test_python_answered import read
from support.paths import ROOT

CASES = json.loads((ROOT / "Tests/bindings/answered.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("errors", ["none", "all"])
def test_every_case_is_a_visit_or_none_as_the_table_says(site, collector, tmp_path, errors):
    with site(TPC_TRACK_ERRORS=errors) as server:
        for number, case in enumerate(CASES):
            read(server.port, f"/case/{number}", case["reader"], tmp_path)
        code, log = server.stop()
    assert code == 0, log
    events = {entry["event"]["page"]["pathname"]: entry["event"] for entry in collector.all()}
    assert len(events) == collector.totals()["received"]
    pages = {path for path, event in events.items() if event["properties"]["status"] in (200, 304)}
    assert {case["title"]: f"/case/{number}" in pages for number, case in enumerate(CASES)} == {
        case["title"]: case["visit"] for case in CASES
    }
    assert errors == "all" or events.keys() == pages
