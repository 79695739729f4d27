# SPDX-License-Identifier: Apache-2.0
"""Bundles by esbuild, as CommonJS and as ES modules: with the package outside of them, or inside and its addon found."""

import shutil
import subprocess

import pytest

CALLS = """
const client = new Client({ apiKey: 'key', dryRun: true });
client.track({ page: { href: 'https://example.com/' } });
pageVisits({ client });
client.close(20000).then((left) => console.log('left', left));
"""
SOURCES = {
    "cjs": f"const {{ Client }} = require('tpc-events');\nconst pageVisits = require('tpc-events/express');{CALLS}",
    "mjs": f"import {{ Client }} from 'tpc-events';\nimport pageVisits from 'tpc-events/express';{CALLS}",
}
FORMATS = {"cjs": "cjs", "mjs": "esm"}


@pytest.fixture(scope="module")
def bundles(project_20, tmp_path_factory):
    """A folder with a bundle of each format, without and with the package in it. esbuild says nothing about any."""
    folder = tmp_path_factory.mktemp("bundles")
    (folder / "node_modules").mkdir()
    shutil.copytree(project_20.package, folder / "node_modules" / "tpc-events")
    for extension, source in SOURCES.items():
        (folder / f"site.{extension}").write_text(source, encoding="utf-8")
        for name, flags in (("outside", ["--external:tpc-events"]), ("inside", [])):
            output = f"--outfile=dist/{name}.{extension}"
            command = ["esbuild", f"site.{extension}", "--bundle", "--platform=node", f"--format={FORMATS[extension]}", output]
            run = subprocess.run([*command, *flags, "--log-level=warning"], cwd=folder, capture_output=True, text=True, check=True)
            assert run.stdout + run.stderr == ""
    return folder


@pytest.fixture(scope="module")
def moved(bundles, tmp_path_factory):
    """The bundles alone, as they are deployed."""
    return shutil.copytree(bundles / "dist", tmp_path_factory.mktemp("moved") / "dist")


@pytest.mark.parametrize("extension", SOURCES)
@pytest.mark.parametrize("name", ["outside", "inside"])
def test_a_bundle_finds_the_package_that_is_installed_for_it(project, bundles, extension, name):
    code, output = run(project, bundles / "dist" / f"{name}.{extension}")
    if name == "inside" and extension == "mjs" and project.version == "18":
        assert code == 1
        assert "is in a bundle that is an ES module, which cannot load Node's own modules before Node 20.16" in output
        assert "mark the package as external (esbuild: --external:tpc-events), or bundle as CommonJS" in output
    else:
        assert (code, output) == (0, "left 0\n")


@pytest.mark.parametrize("extension", SOURCES)
def test_a_bundle_without_the_addon_says_what_to_do_and_works_once_that_is_done(project_20, moved, bundles, extension):
    code, output = run(project_20, moved / f"inside.{extension}")
    assert code == 1
    assert f"({moved}/native/linux-" in output
    assert "The code is in a bundle: mark the package as external (esbuild: --external:tpc-events;" in output
    assert "or put the package's folder native beside the bundle" in output
    native = shutil.copytree(bundles / "node_modules" / "tpc-events" / "native", moved / "native")
    try:
        assert run(project_20, moved / f"inside.{extension}") == (0, "left 0\n")
    finally:
        shutil.rmtree(native)


def test_a_bundle_does_not_load_the_addon_of_another_version(project_20, bundles, tmp_path):
    shutil.copytree(bundles, tmp_path / "site")
    package = tmp_path / "site" / "node_modules" / "tpc-events" / "package.json"
    text = package.read_text(encoding="utf-8")
    package.write_text(text.replace('"version": "', '"version": "9'), encoding="utf-8")
    code, output = run(project_20, tmp_path / "site" / "dist" / "inside.cjs")
    assert (code, "The code is in a bundle" in output) == (1, True)


def run(project, file):
    """The exit code and output of a bundle."""
    process = project.start(file)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output
