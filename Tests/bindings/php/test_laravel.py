"""The middleware in a Laravel application (Debian's), which Laravel's own package discovery put there."""

import pathlib
import shutil

import pytest

from . import package
from .fpm_site import FpmSite

SITE = pathlib.Path(__file__).parent / "sites/laravel.php"
CONFIGURATION = """<?php
return [
    'env' => 'testing', 'debug' => true, 'key' => 'base64:' . base64_encode(str_repeat('k', 32)), 'cipher' => 'AES-256-CBC',
    'timezone' => 'UTC', 'locale' => 'en',
    'providers' => [],
];
"""


@pytest.fixture(scope="module")
def application(project):
    """The folder of an application: the project, with what Laravel looks for."""
    for folder in ("public", "config", "bootstrap/cache", "storage/logs"):
        (project / folder).mkdir(parents=True)
    shutil.copy(SITE, project / "public/index.php")
    (project / "config/app.php").write_text(CONFIGURATION)
    (project / ".env").write_text("")
    return project


@pytest.fixture
def site(application, collector):
    # As in a Laravel project: the application's .env file has the key, not the environment of the pool.
    (application / ".env").write_text(f"TPC_API_KEY={package.KEY}\nTHE_PROMPTING_COMPANY_BASE_URL={collector.url}\n")
    (application / "page-is-there").unlink(missing_ok=True)
    with FpmSite(application / "public/index.php", {}, "ffi.enable=true", workers=2) as running:
        yield running


def test_a_visit_is_tracked_after_the_page_was_sent(site, application, collector):
    assert site.get("/articles/one?ref=mail", **{"User-Agent": "GPTBot/1.2"}) == (200, "article one")
    (application / "page-is-there").touch()
    collector.wait(1, timeout=60)
    (good,) = collector.good()
    assert good["event"]["page"]["href"] == "http://example.com/articles/one?ref=mail"
    assert good["event"]["request"]["userAgent"] == "GPTBot/1.2"
    assert good["event"]["sessionId"] == "session-1"
    assert good["event"]["properties"] == {"status": 200, "afterThePage": True}
    assert "tpc-events" not in site.log()


def test_a_page_that_is_gone_is_not_a_visit(site, application, collector):
    (application / "page-is-there").touch()
    assert site.get("/gone") == (404, "gone")
    assert site.get("/articles/two") == (200, "article two")
    collector.wait(1, timeout=60)
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/articles/two"]


def test_the_application_withholds_a_visit(site, application, collector):
    (application / "page-is-there").touch()
    assert site.get("/articles/one?consent=no")[0] == site.get("/articles/two")[0] == 200
    collector.wait(1, timeout=60)
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/articles/two"]
    assert "tpc-events" not in site.log()


def test_the_applications_configuration_names_the_options(site, application, collector):
    (application / "page-is-there").touch()
    (application / "config/tpc.php").write_text("<?php return ['exclude_paths' => ['/articles/t*']];")
    try:
        assert site.get("/articles/two")[0] == site.get("/articles/one")[0] == 200
        collector.wait(1, timeout=60)
    finally:
        (application / "config/tpc.php").unlink()
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/articles/one"]
