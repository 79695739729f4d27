# SPDX-License-Identifier: Apache-2.0
"""Each trait works without the others."""

import subprocess

import pytest
from support.paths import ROOT

SCRATCH = ROOT / ".build-traits"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Of the package: SwiftPM writes down what it resolves, and would fetch it for every later build."""
    folder = tmp_path_factory.mktemp("libtpc")
    (folder / "Package.swift").write_text((ROOT / "Package.swift").read_text())
    for name in ("Sources", "Tests", "include"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.mark.parametrize("trait", ["Logging", "Metrics", "ServiceLifecycle"])
def test_the_module_compiles_without_a_warning_with_one_trait_alone(copy, trait):
    command = ["swift", "build", "--package-path", copy, "--scratch-path", SCRATCH, "--target", "TPCHummingbird", "--traits", trait]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    assert [line for line in done.stdout.splitlines() if "warning:" in line and "/Sources/TPC" in line] == []
