# SPDX-License-Identifier: Apache-2.0
"""Systems that the library does not run on, such as developers' own: everything loads, warns once and tracks nothing."""

import json

import pytest
from support.paths import ROOT

ANSWERS = """null
true null undefined
true false
found another system; expected Linux with glibc: skip this test unless isSupported
0 0 0 no reports
true
page
"""


@pytest.mark.parametrize(
    ("system", "named"), [("darwin", "darwin-"), ("win32", "win32-"), ("musl", "with musl"), ("unknown", "without glibc")]
)
def test_the_package_loads_warns_once_and_tracks_nothing(project_20, system, named):
    environment = project_20.environment(SYSTEM=system)
    output = project_20.run("--require", "./elsewhere.cjs", "elsewhere.mjs", environment=environment)
    warnings = [line for line in output.splitlines() if "Warning" in line]
    assert len(warnings) == 1, output
    assert "TpcWarning: tpc-events does not run on" in warnings[0]
    assert named in warnings[0]
    # The worker thread's answers, and those of the main one.
    said = "".join(f"{line}\n" for line in output.splitlines() if "arning" not in line)
    assert said == ANSWERS + ANSWERS


def test_every_node_loads_the_package_elsewhere(project):
    environment = project.environment(SYSTEM="darwin")
    assert "does not run on darwin" in project.run("--require", "./elsewhere.cjs", "elsewhere.mjs", environment=environment)


def test_what_stands_in_for_the_addon_has_all_its_functions_and_counters(project_20):
    program = """
        const real = require('./node_modules/tpc-events/lib/addon.js'), other = require('./node_modules/tpc-events/lib/stub.js');
        console.log(Object.keys(real).filter((name) => !(name in other)).join(), real.statsNames.join() === other.statsNames.join());
    """
    assert project_20.run("-e", program) == " true\n"


def test_the_package_installs_on_every_system():
    """npm refuses a package whose "os" leaves the machine's out, and with it the whole project's installation."""
    package = json.loads((ROOT / "bindings" / "node" / "package.json").read_text(encoding="utf-8"))
    assert not {"os", "cpu", "libc", "scripts", "dependencies"} & set(package)
