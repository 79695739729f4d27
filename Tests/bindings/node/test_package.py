# SPDX-License-Identifier: Apache-2.0
"""The package: what is in it, that it installs anywhere, and what it says where something is missing."""

import re
import shutil
import subprocess
import tarfile

import pytest
from support.paths import ROOT, VERSION

from . import nodes

README = (ROOT / "bindings" / "node" / "README.md").read_text(encoding="utf-8")


def snippet(name):
    [code] = re.findall(rf"<!-- test: {name} -->\n```js\n(.*?)```", README, flags=re.DOTALL)
    return code


@pytest.mark.parametrize(("name", "extension"), [("esm", "mjs"), ("cjs", "cjs")])
def test_the_readme_s_first_lines_deliver_an_event_from_the_installed_package(project, collector, name, extension):
    (project.folder / f"snippet.{extension}").write_text(snippet(name), encoding="utf-8")
    assert project.run(f"snippet.{extension}", collector=collector) == "not delivered: 0\n"
    [received] = collector.good()
    assert received["event"]["page"]["href"] == "https://example.com/pricing"
    assert received["event"]["sdk"]["runtime"] == f"node/{project.version}"
    assert received["headers"]["user-agent"] == f"tpc-events/{VERSION} (node/{project.version})"


@pytest.mark.parametrize("name", ["esm", "cjs"])
def test_the_readme_begins_with_at_most_five_lines(name):
    assert len(snippet(name).splitlines()) <= 5


def test_the_package_holds_what_its_exports_name_and_nothing_else():
    with tarfile.open(nodes.TARBALL) as archive:
        names = {member.name.removeprefix("package/") for member in archive if member.isfile()}
    libraries = {name for name in names if name.startswith("lib/")}
    source = {str(path.relative_to(ROOT / "bindings/node")) for path in (ROOT / "bindings/node/lib").iterdir()}
    assert libraries == source
    natives = {name.rpartition("/")[2] for name in names - libraries if name.startswith("native/linux-")}
    assert natives == {"tpc.node", "libtpc.so.0"}
    assert {name for name in names - libraries if "/" not in name} == {"package.json", "README.md", "RECIPES.md", "LICENSE"}


def test_the_addon_uses_node_s_stable_interface_alone(project_20):
    [addon] = project_20.package.glob("native/*/tpc.node")
    symbols = subprocess.run(["nm", "-D", "--undefined-only", addon], check=True, capture_output=True, text=True).stdout
    names = [line.split()[-1].partition("@")[0] for line in symbols.splitlines()]
    foreign = [name for name in names if name.startswith(("uv_", "_Z", "v8", "node"))]
    assert foreign == []
    assert any(name.startswith("napi_") for name in names)


@pytest.mark.parametrize("missing", ["libcurl.so.4", "libjansson.so.4"])
def test_the_error_of_a_missing_library_names_it_and_debian_s_packages(project_20, tmp_path, missing):
    # A version that no machine has.
    package = tmp_path / "tpc-events"
    shutil.copytree(project_20.package, package)
    [library] = package.glob("native/*/libtpc.so.0")
    absent = missing[:-1] + "9"
    library.write_bytes(library.read_bytes().replace(missing.encode(), absent.encode()))
    program = f"try {{ require('{package}') }} catch (error) {{ console.log(error.code, error.message) }}"
    output = project_20.run("-e", program)
    assert output == (
        f"ERR_DLOPEN_FAILED tpc-events needs {absent}, which this system lacks; "
        "on Debian: apt-get install libcurl4 libjansson4\n"
    )


def test_the_error_of_another_platform_names_it(project_20, tmp_path):
    package = tmp_path / "tpc-events"
    shutil.copytree(project_20.package, package, ignore=shutil.ignore_patterns("native"))
    program = f"try {{ require('{package}') }} catch (error) {{ console.log(error.message) }}"
    assert re.match(r"tpc-events cannot load its addon for linux-\w+ \(.+/tpc\.node\): ", project_20.run("-e", program))


def test_middleware_in_an_application_without_the_library_warns_and_passes_requests_on(project_20, tmp_path):
    package = tmp_path / "tpc-events"
    shutil.copytree(project_20.package, package, ignore=shutil.ignore_patterns("native"))
    program = f"require('{package}/lib/express.js')()({{ headers: {{}} }}, {{}}, () => console.log('passed on'))"
    output = project_20.run("-e", program)
    assert "passed on\n" in output
    assert "TpcWarning: page visits are not tracked: tpc-events cannot load its addon" in output
