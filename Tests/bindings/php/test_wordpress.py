"""The must-use plugin in a WordPress site (Debian's) under nginx and php-fpm."""

import contextlib
import html
import shutil
import time

import pytest

from . import package
from .builtin_site import BuiltinSite
from .fpm_site import FpmSite
from .wordpress_site import WordPressSite

FILTER = """<?php
add_filter('tpc_event', fn (array $event): array => $event + [
    'sessionId' => 'session-1', 'properties' => ['kind' => get_post_type()],
]);
"""

DROPPING = """<?php
add_filter('tpc_before_send', fn (array $event): ?array => str_contains($event['page']['href'], 'p=1')
    ? null
    : array_replace_recursive($event, ['properties' => ['seen' => true]]));
"""
# The dashboard's notices, as each of its pages prints them, for the user that is named; and otherwise the site.
ROUTER = """<?php
if (!str_starts_with($_SERVER['REQUEST_URI'], '/notices')) {
    require __DIR__ . '/index.php';
    return;
}
require __DIR__ . '/wp-load.php';
wp_set_current_user((int) $_GET['user']);
do_action('admin_notices');
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


@contextlib.contextmanager
def dashboard(wordpress, *flags, **variables):
    """Says what the dashboard shows this user, with this in wp-config.php."""

    def notices(configuration="", user=1, awaited=""):
        wordpress.configure(configuration)
        deadline = time.monotonic() + 60
        while awaited not in (shown := site.get(f"/notices?user={user}")[1]):
            assert time.monotonic() < deadline, shown
        return html.unescape(shown)

    router = wordpress.root / "router.php"
    router.write_text(ROUTER)
    # Some of the dashboards have visits that no server takes: their process does not wait for them.
    variables = package.environment(TPC_EXIT_TIMEOUT_MS="0", **variables)
    with BuiltinSite(router, variables, *flags) as site:
        notices.get = site.get
        yield notices


@pytest.fixture(scope="module")
def notices(wordpress):
    with dashboard(wordpress, "ffi.enable=true") as notices:
        yield notices


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


def test_feeds_sitemaps_rest_calls_and_missing_pages_are_not_visits(site, collector):
    assert site.get("/?feed=rss2")[0] == 200
    assert site.get("/?rest_route=/wp/v2/posts")[0] == 200
    assert site.get("/?p=999")[0] == 404
    assert site.get("/?robots=1")[0] == 200
    assert site.get("/?sitemap=index")[0] == 200
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


def test_a_filter_of_the_site_changes_whole_events_or_drops_them(site, wordpress, collector):
    plugin = wordpress.add_plugin("own.php", DROPPING)
    try:
        assert site.get("/?p=1")[0] == site.get("/")[0] == 200
        collector.wait(1, timeout=60)
    finally:
        plugin.unlink()
    (good,) = collector.good()
    assert (good["event"]["page"]["href"], good["event"]["properties"]["seen"]) == ("http://example.com/", True)


def test_each_option_may_be_a_constant_of_its_own(site, wordpress, collector):
    wordpress.configure(
        f"define('TPC_API_KEY', '{package.KEY}'); define('THE_PROMPTING_COMPANY_BASE_URL', '{collector.url}');"
        "define('TPC_LABEL_AI_AGENTS', true); define('TPC_OPTIONS', ['exclude_paths' => '/?p=*']);"
    )
    assert site.get("/?page_id=2", **{"User-Agent": "GPTBot/1.2"})[0] == 200
    collector.wait(1, timeout=60)
    (good,) = collector.good()
    assert good["event"]["properties"]["aiAgent"] == "GPTBot"


KEY = f"define('TPC_API_KEY', '{package.KEY}');"


def test_a_site_that_works_shows_no_notice(notices):
    assert notices(KEY) == ""
    assert notices("define('TPC_ENABLED', false);") == ""


@pytest.mark.parametrize(
    "configuration, words",
    [
        ("", "api_key: no credential is set"),
        (KEY + "define('TPC_OPTIONS', ['trustd_proxies' => '']);", "trustd_proxies: is not an option; did you mean trusted_proxies?"),
        (KEY + "define('TPC_QUEUE_MAX_EVENTS', 'many');", "queue_max_events: found another value; expected a whole number"),
        (KEY + "define('TPC_OPTIONS', 'api_key');", "TPC_OPTIONS: found string; expected an array such as"),
    ],
    ids=["no key", "unknown option", "bad value", "no array"],
)  # fmt: skip
def test_an_administrator_is_shown_why_nothing_is_tracked(configuration, words, notices):
    shown = notices(configuration)
    assert shown.count("notice-error") == 1 and f"Page visits: none is tracked: {words}" in shown
    assert notices.get("/?p=1")[0] == 200
    assert package.KEY not in shown


@pytest.mark.parametrize("value", ["false", "preload"])
def test_a_php_that_forbids_ffi_is_shown(value, wordpress):
    with dashboard(wordpress, f"ffi.enable={value}") as notices:
        assert f"Page visits: none is tracked: ffi.enable={value} forbids FFI here; expected" in notices(KEY)
        assert notices.get("/?p=1")[0] == 200


def test_a_library_that_does_not_load_is_shown(wordpress, tmp_path):
    with dashboard(wordpress, "ffi.enable=true", TPC_LIBRARY=str(tmp_path / "nowhere.so")) as notices:
        assert "Page visits: none is tracked: found no libtpc.so.0 that loads" in notices(KEY)


def test_visits_that_the_server_refuses_are_shown(wordpress, notices, collector):
    collector.mode({"status": 401})
    configuration = KEY + f"define('TPC_BASE_URL', '{collector.url}');"
    wordpress.configure(configuration)
    assert notices.get("/?p=1")[0] == 200
    assert "PHP's error log says more" in notices(configuration, awaited="of this PHP process")


def test_a_visitor_is_shown_nothing(notices):
    assert notices("", user=0) == ""
