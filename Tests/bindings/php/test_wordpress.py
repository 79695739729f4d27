"""The must-use plugin in a WordPress site (Debian's) under nginx and php-fpm."""

import shutil

import pytest

from . import package
from .fpm_site import FpmSite
from .wordpress_site import WordPressSite

FILTER = """<?php
add_filter('tpc_event', fn (array $event): array => $event + [
    'sessionId' => 'session-1', 'properties' => ['kind' => get_post_type()],
]);
"""


@pytest.fixture(scope="module")
def wordpress(built, tmp_path_factory):
    """An installed site with the plugin, as its README says."""
    with WordPressSite(tmp_path_factory.mktemp("wordpress")) as site:
        plugin = site.add_plugin("tpc-events.php", (built / "wordpress/tpc-events.php").read_text())
        shutil.copytree(built, plugin.parent / "tpc-events")
        yield site


@pytest.fixture
def site(wordpress, collector):
    server = f"'api_key' => '{package.KEY}', 'base_url' => '{collector.url}'"
    wordpress.configure(f"define('TPC_OPTIONS', [{server}]);")
    with FpmSite(wordpress.root / "index.php", {}, "ffi.enable=true", workers=2) as running:
        yield running


def pages(collector):
    return [entry["event"]["page"] for entry in collector.good()]


def test_a_page_is_tracked_with_its_title(site, collector):
    status, body = site.get("/?p=1", **{"User-Agent": "ClaudeBot/1.0"})
    assert (status, "<h1>Hello world!</h1>" in body) == (200, True)
    collector.wait(1, timeout=60)
    (good,) = collector.good()
    assert good["event"]["page"]["href"] == "http://example.com/?p=1"
    assert good["event"]["page"]["title"] == "Hello world! \u2013 Site"
    assert good["event"]["request"]["userAgent"] == "ClaudeBot/1.0"
    assert "tpc-events" not in site.log()


def test_feeds_rest_calls_and_missing_pages_are_not_visits(site, collector):
    assert site.get("/?feed=rss2")[0] == 200
    assert site.get("/?rest_route=/wp/v2/posts")[0] == 200
    assert site.get("/?p=999")[0] == 404
    assert site.get("/?robots=1")[0] == 200
    assert site.get("/")[0] == 200
    collector.wait(1, timeout=60)
    assert [page["href"] for page in pages(collector)] == ["http://example.com/"]


def test_a_filter_of_the_site_adds_to_the_event(site, wordpress, collector):
    plugin = wordpress.add_plugin("own.php", FILTER)
    try:
        assert site.get("/?p=1")[0] == 200
        collector.wait(1, timeout=60)
    finally:
        plugin.unlink()
    (good,) = collector.good()
    assert (good["event"]["sessionId"], good["event"]["properties"]) == ("session-1", {"status": 200, "kind": "post"})


def test_a_filter_of_the_site_withholds_a_visit(site, wordpress, collector):
    plugin = wordpress.add_plugin("own.php", "<?php add_filter('tpc_event', fn ($event) => isset($_GET['p']) ? false : $event);")
    try:
        assert site.get("/?p=1")[0] == site.get("/")[0] == 200
        collector.wait(1, timeout=60)
    finally:
        plugin.unlink()
    assert [page["href"] for page in pages(collector)] == ["http://example.com/"]
    assert "tpc-events" not in site.log()


def test_a_package_that_is_missing_does_no_harm_to_the_page(site, wordpress, collector):
    package_folder = wordpress.root / "wp-content/mu-plugins/tpc-events"
    away = package_folder.rename(wordpress.root / "away")
    try:
        status, body = site.get("/?p=1")
    finally:
        away.rename(package_folder)
    assert (status, "<h1>Hello world!</h1>" in body) == (200, True)
    assert collector.totals()["received"] == 0
