# SPDX-License-Identifier: Apache-2.0
"""imfile, RELP, omprog and the tool: what three hosts log arrives."""

import random

from .fleet_rsyslog import RsyslogFleet


def test_three_hosts_lose_nothing_to_an_outage_and_kills(collector, tmp_path):
    fleet = RsyslogFleet(collector, tmp_path, random.Random(1))
    assert fleet.run(1, 40, [("outage", "kill_the_central", "kill_a_tool")]) == fleet.expected
