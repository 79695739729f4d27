"""The archive, installed into a project by Composer without any network, and README.md's snippets run from there."""

import re
import zipfile

import pytest
from support.paths import ROOT

from . import package

README = ROOT / "bindings/php/README.md"
TESTING = ROOT / "docs/testing-your-tracking.md"


def quick_start():
    """README.md's first snippet."""
    return re.search(r"^```php\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)[1]


def test_composer_finds_the_package_valid(built, tmp_path):
    # The archive's file has a version, which a repository on Packagist should not have.
    for folder, flags in ((README.parent, []), (built, ["--no-check-version"])):
        command = ["composer", "validate", "--strict", *flags, folder / "composer.json"]
        package.output_of(command, environment=package.composer_environment(tmp_path), folder=tmp_path)


def test_the_archive_has_what_a_server_needs_and_nothing_else(built):
    with zipfile.ZipFile(package.ARCHIVE) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    sources = {
        f"tpc-events/{path.relative_to(ROOT / 'bindings/php')}"
        for folder in ("src", "bin", "config", "wordpress")
        for path in (ROOT / "bindings/php" / folder).rglob("*")
        if path.is_file()
    }
    files = "LICENSE README.md autoload.php composer.json lib/libtpc.so.0 preload.php tpc.ffi.h".split()
    assert names == sources | {f"tpc-events/{name}" for name in files}


def test_the_quick_start_delivers_an_event_from_the_installed_package(project, collector):
    assert len(quick_start().strip().splitlines()) <= 5
    package.run_script("<?php\n" + quick_start(), folder=project, variables=package.environment(collector.url))
    (request,) = collector.good()
    assert request["event"]["page"]["href"] == "https://example.com/pricing"
    assert request["event"]["sdk"]["name"] == "tpc-events"


def test_the_installed_package_has_the_command_for_preloading(project):
    printed = package.output_of([project / "vendor/bin/tpc-ffi-header"], environment=package.environment()).decode()
    assert f'"{project}/packages/tpc-events/lib/libtpc.so.0"' in printed


def test_a_project_without_composer_takes_the_packages_own_autoloader(project, collector):
    text = f"<?php require '{project}/packages/tpc-events/autoload.php'; (new Tpc\\Client())->trackJson("
    text += """'{"event":"page_visit","page":{"href":"https://example.com/"}}');"""
    package.run_script(text, folder=project, variables=package.environment(collector.url))
    assert len(collector.good()) == 1


@pytest.mark.parametrize("page", [README, TESTING], ids=["README.md", "docs/testing-your-tracking.md"])
def test_the_test_case_of_the_documents_passes_without_a_key_or_a_server(page, project, tmp_path):
    (case,) = re.findall(r"^```php\n(final class PricingTest .*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "PricingTest.php").write_text(f"<?php\n{case}")
    command = ["phpunit", "--do-not-cache-result", "--bootstrap", project / "vendor/autoload.php", tmp_path / "PricingTest.php"]
    assert "OK (1 test, " in package.output_of(command, environment=package.environment(), folder=tmp_path).decode()
