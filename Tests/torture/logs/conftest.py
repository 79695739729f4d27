# SPDX-License-Identifier: Apache-2.0
"""The collector that the fleets send to."""

from tool.conftest import collector, running_collector  # noqa: F401
