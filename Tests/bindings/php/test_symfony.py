"""The bundle in a Symfony application (Debian's): php-fpm, `php -S` and Symfony's test client."""

import json
import pathlib
import shutil
import subprocess

import pytest

from . import answered, package
from .builtin_site import BuiltinSite
from .fpm_site import FpmSite

SITE = pathlib.Path(__file__).parent / "sites/symfony"


@pytest.fixture(scope="module")
def application(project):
    """The folder of an application: the project, with what Symfony looks for."""
    shutil.copytree(SITE, project, dirs_exist_ok=True)
    shutil.copy(SITE.with_name("steps.php"), project / "src/Steps.php")
    (project / "page-is-there").touch()
    return project


@pytest.fixture
def client(application, collector):
    """Asks for pages with Symfony's test client; returns what it printed. The collector has every visit then."""

    def client(*paths, **variables):
        urls = [f"http://example.com{path}" for path in paths]
        environment = package.environment(collector.url, TPC_EXIT_TIMEOUT_MS="60000", **variables)
        return subprocess.run(
            ["php", "client.php", *urls], cwd=application, env=environment, capture_output=True, text=True, timeout=120
        )

    return client


@pytest.fixture
def configure(application, tmp_path):
    """Writes config/packages/tpc.yaml, for a container that is compiled anew. It is as before afterwards."""
    file = application / "config/packages/tpc.yaml"
    before = file.read_text()

    def configure(*lines):
        file.write_text("\n    ".join(["tpc:", *lines]) + "\n")
        return {"APP_CACHE_DIR": str(tmp_path)}

    yield configure
    file.write_text(before)


def served(application, collector, **variables):
    """The application under `php -S`; it has delivered everything when the block is left."""
    variables = package.environment(collector.url, TPC_EXIT_TIMEOUT_MS="60000", **variables)
    return BuiltinSite(application / "public/index.php", variables, "ffi.enable=true", "display_errors=0")


def paths(collector):
    return [entry["event"]["page"]["pathname"] for entry in collector.good()]


def test_a_visit_is_tracked_after_the_page_was_sent(application, collector):
    (application / "page-is-there").unlink()
    variables = {"TPC_API_KEY": package.KEY, "THE_PROMPTING_COMPANY_BASE_URL": collector.url}
    with FpmSite(application / "public/index.php", variables, "ffi.enable=true", workers=2) as site:
        assert site.get("/articles/one?ref=mail", **{"User-Agent": "GPTBot/1.2"}) == (200, "article one")
        (application / "page-is-there").touch()
        collector.wait(1, timeout=60)
        assert "tpc-events" not in site.log()
    (good,) = collector.good()
    assert good["event"]["page"]["href"] == "http://example.com/articles/one?ref=mail"
    assert good["event"]["request"]["userAgent"] == "GPTBot/1.2"
    assert good["event"]["sessionId"] == "session-1"
    assert good["event"]["properties"] == {"status": 200, "afterThePage": True, "seen": True}


def test_the_test_client_sees_each_visit_once(client, collector):
    asked = client("/articles/one", "/gone", "/nowhere", "/forwards", "/private/x", "/articles/two")
    assert [line.split()[0] for line in asked.stdout.splitlines() if line[:3].isdigit()] == "200 404 404 200 200 200".split()
    assert paths(collector) == ["/articles/one", "/forwards", "/articles/two"]


def test_the_applications_services_withhold_visits(client, collector):
    client("/articles/one?consent=no", "/articles/drop", "/articles/two")
    assert paths(collector) == ["/articles/two"]
    assert collector.good()[0]["event"]["properties"]["seen"] is True


def test_a_forwarded_request_is_a_part_of_the_visit(application, collector):
    with served(application, collector) as site:
        assert site.get("/forwards") == (200, "article inner")
        assert site.get("/articles/one") == (200, "article one")
    assert paths(collector) == ["/forwards", "/articles/one"]


def test_the_applications_trusted_proxies_vouch_for_address_and_url(application, collector):
    headers = {"X-Forwarded-For": "198.51.100.9, 10.0.0.1", "X-Forwarded-Host": "www.example.org", "X-Forwarded-Proto": "https",
               "X-Forwarded-Port": "8443", "X-Forwarded-Prefix": "/shop"}  # fmt: skip
    with served(application, collector, TRUSTED_PROXIES="127.0.0.1,10.0.0.0/8") as site:
        assert site.get("/articles/proxied?a=1", **headers)[0] == 200
    with served(application, collector) as site:
        assert site.get("/articles/direct", **headers)[0] == 200
    proxied, direct = [entry["event"] for entry in collector.good()]
    assert proxied["page"]["href"] == "https://www.example.org:8443/shop/articles/proxied?a=1"
    assert proxied["request"]["clientIp"] == "198.51.100.9"
    assert direct["page"]["href"] == "http://example.com/articles/direct"
    assert direct["request"]["clientIp"] == "127.0.0.1"


def test_proxies_headers_that_are_odd_harm_neither_the_page_nor_the_visit(application, collector):
    odd = {"X-Forwarded-Prefix": "/shop?a=b", "X-Forwarded-Host": "www.example.org"}
    with served(application, collector, TRUSTED_PROXIES="127.0.0.1") as site:
        assert site.get("/articles/one", **odd) == (200, "article one")
    assert [entry["event"]["page"]["href"] for entry in collector.good()] == ["http://www.example.org/articles/one"]
    assert "tpc-events" not in site.log()


def test_a_key_that_only_a_dotenv_file_sets_counts(client, collector):
    client("/articles/one", TPC_API_KEY="", DOTENV=json.dumps({"TPC_API_KEY": package.KEY}))
    assert paths(collector) == ["/articles/one"]


def test_a_parameter_and_a_variable_may_be_a_value(client, configure, collector):
    lines = ["api_key: '%env(OWN_KEY)%'", "queue_max_events: '%env(int:MANY)%'", "exclude_paths: ['/%kernel.environment%/*']"]
    variables = configure(*lines)
    asked = client("/articles/one", TPC_API_KEY="", OWN_KEY=package.KEY, MANY="50", **variables)
    assert paths(collector) == ["/articles/one"], asked.stdout + asked.stderr


def test_a_missing_key_does_not_harm_the_pages(client):
    asked = client("/articles/one", TPC_API_KEY="")
    assert asked.stdout.startswith("200 article one")
    assert asked.stderr.count("tpc-events: ") == 1 and "api_key: no credential is set" in asked.stderr


@pytest.mark.parametrize(
    "line, words",
    [
        ("trustd_proxies: private", 'Unrecognized option "trustd_proxies" under "tpc". Did you mean "trusted_proxies"'),
        ("queue_max_events: many", "tpc.queue_max_events: found another value; expected a whole number from 1 to 100000000"),
        ("event: App\\Missing", 'non-existent service "App\\Missing"'),
    ],
    ids=["name", "value", "service"],
)
def test_a_wrong_configuration_fails_when_the_container_is_compiled(line, words, client, configure, collector):
    asked = client("/articles/one", **configure(line))
    assert asked.returncode != 0
    assert words in asked.stderr.replace("\\\\", "\\")
    assert collector.totals()["received"] == 0


def test_the_container_is_compiled_where_the_library_cannot_be_loaded(client, configure, tmp_path):
    asked = client("/articles/one", TPC_LIBRARY=str(tmp_path / "nowhere.so"), **configure("queue_max_events: 50"))
    assert asked.stdout.startswith("200 article one")
    assert asked.stderr.count("tpc-events: ") == 1 and "found no libtpc.so.0 that loads" in asked.stderr


def test_an_applications_own_tests_see_its_visits_without_a_key(application):
    command = ["php", "captured.php", "/articles/one", "/gone", "/articles/drop", "/articles/two"]
    printed = package.output_of(command, environment=package.environment(), folder=application)
    assert json.loads(printed) == [[f"http://localhost/articles/{name}", "session-1"] for name in ("one", "two")]


@pytest.fixture(scope="module")
def answers(application, collector_process, tmp_path_factory):
    return answered.visits(application / "public/index.php", collector_process, tmp_path_factory.mktemp("answered"))


@pytest.mark.parametrize("case", answered.CASES, ids=answered.TITLES)
def test_what_was_sent_is_what_counts(case, answers):
    assert (case["title"] in answers) is case["visit"]
