"""The middleware in a Laravel application (Debian's), which Laravel's own package discovery put there."""

import json
import pathlib
import shutil
import subprocess

import pytest
from library.abi.option_table import OPTIONS
from support.paths import ROOT

from . import answered, package
from .builtin_site import BuiltinSite
from .fpm_site import FpmSite

SITE = pathlib.Path(__file__).parent / "sites/laravel"
CONFIGURATION = ROOT / "bindings/php/config/tpc.php"


@pytest.fixture(scope="module")
def application(project):
    """The folder of an application: the project, with what Laravel looks for."""
    shutil.copytree(SITE, project, dirs_exist_ok=True)
    shutil.copy(SITE.with_name("steps.php"), project / "app/Steps.php")
    for folder in ("bootstrap/cache", "storage/logs", "storage/views"):
        (project / folder).mkdir(parents=True)
    (project / ".env").write_text("")
    return project


@pytest.fixture
def set_up(application, collector):
    """Writes the application's .env file, as in a Laravel project, and config/tpc.php; forgets both afterwards."""

    def set_up(*lines, key=package.KEY, configuration=None):
        server = [f"TPC_API_KEY={key}", f"THE_PROMPTING_COMPANY_BASE_URL={collector.url}", "TPC_EXIT_TIMEOUT_MS=60000",
                  "TPC_MAX_CONNECTIONS=1"]  # fmt: skip
        (application / ".env").write_text("\n".join([*server, *lines]))
        if configuration is not None:
            (application / "config/tpc.php").write_text(f"<?php return {configuration};")

    (application / "page-is-there").touch()
    yield set_up
    for name in ("config/tpc.php", "bootstrap/cache/config.php"):
        (application / name).unlink(missing_ok=True)


@pytest.fixture
def site(application, set_up):
    set_up()
    (application / "page-is-there").unlink()
    with FpmSite(application / "public/index.php", {}, "ffi.enable=true", workers=2) as running:
        yield running


def served(application):
    """The application under `php -S`; it has delivered everything when the block is left."""
    return BuiltinSite(application / "public/index.php", package.environment(), "ffi.enable=true", "display_errors=0")


def artisan(application, *arguments, **variables):
    command = ["php", "artisan", *arguments]
    return subprocess.run(
        command, cwd=application, env=package.environment(**variables), capture_output=True, text=True, timeout=120
    )


def paths(collector):
    return [entry["event"]["page"]["pathname"] for entry in collector.good()]


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


def test_a_page_that_is_gone_is_not_a_visit_and_the_application_withholds_one(application, set_up, collector):
    set_up()
    with served(application) as site:
        assert site.get("/gone") == (404, "gone")
        assert site.get("/articles/one?consent=no")[0] == 200
        assert site.get("/articles/two") == (200, "article two")
    assert paths(collector) == ["/articles/two"]
    assert "tpc-events" not in site.log()


def test_a_request_is_counted_once_however_often_the_middleware_is_added(application, set_up, collector):
    set_up()
    with served(application) as site:
        assert site.get("/thrice") == (200, "thrice")
        assert site.get("/asks-itself") == (200, "article inner")
    assert paths(collector) == ["/thrice", "/asks-itself"]


def test_a_worker_that_serves_one_request_after_another_counts_each(application, set_up, collector):
    set_up()
    urls = [f"http://example.com/{path}" for path in ("articles/one", "gone", "thrice", "asks-itself", "articles/two")]
    printed = package.output_of(["php", "worker.php", *urls], environment=package.environment(), folder=application)
    assert printed.decode().splitlines()[::4] == ["200 article one", "200 article two"]
    assert paths(collector) == ["/articles/one", "/thrice", "/asks-itself", "/articles/two"]


def test_a_hook_changes_the_event_or_drops_it(application, set_up, collector):
    set_up("BEFORE_SEND=true")
    with served(application) as site:
        assert [site.get(f"/articles/{name}")[0] for name in ("one", "drop", "two")] == [200] * 3
    assert paths(collector) == ["/articles/one", "/articles/two"]
    assert all(entry["event"]["properties"]["seen"] is True for entry in collector.good())


def test_the_applications_trusted_proxies_vouch_for_address_host_and_scheme(application, set_up, collector):
    set_up()
    headers = {"X-Forwarded-For": "198.51.100.9, 10.0.0.1", "X-Forwarded-Host": "www.example.org", "X-Forwarded-Proto": "https",
               "X-Forwarded-Port": "8443"}  # fmt: skip
    with served(application) as site:
        assert site.get("/articles/proxied?a=1", **headers)[0] == 200
        assert site.get("/articles/direct", **headers)[0] == 200
    proxied, direct = [entry["event"] for entry in collector.good()]
    assert proxied["page"]["href"] == "https://www.example.org:8443/articles/proxied?a=1"
    assert proxied["request"]["clientIp"] == "198.51.100.9"
    assert direct["page"]["href"] == "http://example.com/articles/direct"
    assert direct["request"]["clientIp"] == "127.0.0.1"


def test_the_applications_configuration_names_the_options(application, set_up, collector):
    set_up(configuration="['exclude_paths' => ['/articles/t*']]")
    with served(application) as site:
        assert site.get("/articles/two")[0] == site.get("/articles/one")[0] == 200
    assert paths(collector) == ["/articles/one"]


@pytest.mark.parametrize("where", ["of a published file", "of the package's own file"])
def test_a_cached_configuration_keeps_every_option(where, application, set_up, collector):
    set_up("TPC_TRUSTED_PROXIES=private", "TPC_EXCLUDE_PATHS=/articles/t*", "TPC_LABEL_AI_AGENTS=true", "TPC_QUEUE_MAX_EVENTS=")
    if where == "of a published file":
        assert artisan(application, "vendor:publish", "--tag=tpc-config").returncode == 0
        assert (application / "config/tpc.php").read_text() == CONFIGURATION.read_text()
    made = artisan(application, "config:cache")
    assert made.returncode == 0, made.stdout + made.stderr
    (application / ".env").write_text("TPC_API_KEY=another\n")
    headers = {"X-Forwarded-For": "192.0.2.7", "User-Agent": "GPTBot/1.2"}
    with served(application) as site:
        assert site.get("/articles/two")[0] == site.get("/articles/one", **headers)[0] == 200
    (good,) = collector.good()
    assert good["event"]["request"]["clientIp"] == "192.0.2.7"
    assert good["event"]["page"]["pathname"] == "/articles/one"
    assert good["event"]["properties"]["aiAgent"] == "GPTBot"


def test_the_configuration_lists_every_option_with_its_variables(built, tmp_path):
    text = f"""<?php
        function env($name) {{ $GLOBALS['asked'][] = $name; return null; }}
        $options = require '{built}/config/tpc.php';
        require '{built}/src/Web/OptionVariables.php';
        echo json_encode([$options, $asked, Tpc\\Web\\OptionVariables::ALL]);
    """
    printed = package.run_script(text, folder=tmp_path, variables=package.environment())
    options, asked, table = json.loads(printed.stdout)
    assert options == {option.name: None for option in OPTIONS}
    assert table == {option.name: option.variables for option in OPTIONS}
    assert asked == [variable for option in OPTIONS for variable in option.variables]


def test_a_wrong_name_is_an_error_when_the_application_boots(application, set_up, collector):
    set_up(configuration="['trustd_proxies' => 'private']")
    with served(application) as site:
        assert site.get("/articles/one")[0] == 500
    wrong = "trustd_proxies: is not an option; did you mean trusted_proxies?"
    assert wrong in site.log()
    command = artisan(application, "list")
    assert command.returncode != 0 and wrong in command.stdout + command.stderr
    assert collector.totals()["received"] == 0


def test_a_missing_key_is_logged_once_and_no_matter_of_commands(application, set_up):
    set_up(key="")
    with served(application) as site:
        assert [site.get(f"/articles/{number}")[0] for number in range(3)] == [200] * 3
    assert site.log().count("tpc-events: ") == 1 and "api_key: no credential is set" in site.log()
    command = artisan(application, "list")
    assert command.returncode == 0 and "tpc-events" not in command.stdout + command.stderr


@pytest.fixture(scope="module")
def answers(application, collector_process, tmp_path_factory):
    (application / ".env").write_text("")
    (application / "page-is-there").touch()
    return answered.visits(application / "public/index.php", collector_process, tmp_path_factory.mktemp("answered"))


@pytest.mark.parametrize("case", answered.CASES, ids=answered.TITLES)
def test_what_was_sent_is_what_counts(case, answers):
    assert (case["title"] in answers) is case["visit"]
