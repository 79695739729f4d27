# SPDX-License-Identifier: Apache-2.0
"""The parts for other packages are behind package traits, which are off: without one, nothing is fetched.

`make test-hummingbird` builds and runs these parts.
"""

import json
import os
import re
import subprocess

import pytest
from support import swift_programs
from support.paths import ROOT

EXTERNAL = {"swift-log", "swift-metrics", "swift-service-lifecycle", "hummingbird"}


@pytest.fixture
def swift(tmp_path):
    """Runs `swift package` in a copy, for which it writes down what it resolves; whatever it wants to fetch is not there."""
    copy = tmp_path / "package"
    copy.mkdir()
    (copy / "Package.swift").write_text((ROOT / "Package.swift").read_text())
    for folder in ("Sources", "Tests", "include"):
        (copy / folder).symlink_to(ROOT / folder)
    nowhere = {
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{tmp_path}/nowhere/.insteadOf", "GIT_CONFIG_VALUE_0": "https://",
    }  # fmt: skip

    def run(*arguments):
        command = ["swift", "package", "--package-path", copy, "--scratch-path", tmp_path / "build", "--cache-path", tmp_path / "cache"]
        return subprocess.run([*command, *arguments], env={**os.environ, **nowhere}, capture_output=True, text=True)

    return run


def test_without_a_trait_nothing_is_fetched(swift, tmp_path):
    done = swift("resolve")
    assert done.returncode == 0, done.stderr
    assert "Fetching" not in done.stdout + done.stderr
    for folder in ("build/checkouts", "build/repositories", "cache/repositories"):
        assert not list((tmp_path / folder).glob("*"))


def test_with_a_trait_its_package_is(swift):
    done = swift("--traits", "Metrics", "resolve")
    assert done.returncode != 0
    assert "swift-metrics" in done.stderr and "hummingbird" not in done.stderr


def test_each_product_of_another_package_is_behind_a_trait_that_the_sources_name(swift):
    package = json.loads(swift("dump-package").stdout)
    traits = {trait["name"]: set(trait["enabledTraits"]) for trait in package["traits"]}
    assert traits.pop("default") == set()
    used = set()
    for target in package["targets"]:
        for product, name, _, condition in (kind["product"] for kind in target["dependencies"] if "product" in kind):
            assert name in EXTERNAL, product
            assert condition and condition["traits"], f"{target['name']}: {product} is not behind a trait"
            used.update(condition["traits"])
    assert used == set(traits)
    sources = [path.read_text() for folder in ("TPC", "TPCHummingbird") for path in (ROOT / "Sources" / folder).rglob("*.swift")]
    assert {name for text in sources for name in re.findall(r"^\s*#if (\w+)$", text, re.MULTILINE)} == set(traits)


@pytest.mark.parametrize(
    "use",
    [
        "_ = TrackPageVisits(visits)", '_ = TrackPageVisits(visits, scheme: "https")', "_ = TrackPageVisits<Int>(visits)",
        '_ = TrackPageVisits(visits) { visit, _, _, _ in visit?.title = "Pricing" }', "let edit: TrackPageVisits<Int>.Edit? = nil",
    ],
)  # fmt: skip
def test_each_use_of_the_middleware_without_its_trait_says_which_one_is_missing(tmp_path, use):
    (tmp_path / "main.swift").write_text(f"import TPC\nlet visits = try PageVisits()\n{use}\n")
    sources = [tmp_path / "main.swift", ROOT / "Sources/TPCHummingbird/TrackPageVisits.swift"]
    flags = ["-typecheck", "-swift-version", "6", "-enable-upcoming-feature", "InternalImportsByDefault"]
    done = subprocess.run(["swiftc", *flags, *swift_programs.module_flags(), *sources], capture_output=True, text=True)
    errors = re.findall(r"main\.swift:\d+:\d+: error: (.*)", done.stderr)
    missing = "'TrackPageVisits' is unavailable: add traits: [\"Hummingbird\"] to the package libtpc in Package.swift"
    assert errors == [missing], done.stderr
