"""What each directive of mod_tpc accepts and does, in Debian's Apache."""

import http.client
import json
import re
import subprocess

import pytest

from support.paths import ROOT
from support.servers.apache import Apache, tracking
from support.servers.collector_process import CollectorProcess

AGENT = {"User-Agent": "GPTBot/1.2"}
PERSON = {"User-Agent": "Mozilla/5.0"}
KEY = "TpcEnable On\nTpcApiKeyFile @folder@/api_key\n"


# ---- apachectl configtest ----------------------------------------------------------------------------------------------

# A configuration, the line of it that is to blame, and what has to be said.
WRONG = [
    ("TpcEnable Perhaps", 1, "TpcEnable must be On or Off"),
    ("TpcEnable On", 1, "api_key"),
    ("TpcOption log_level debug\nTpcEnable On", 2, "api_key"),
    ("<Location />\n  TpcEnable On\n</Location>", 2, "api_key"),
    ("TpcApiKeyFile @folder@/absent\nTpcEnable On", 1, "TpcApiKeyFile"),
    ("TpcOption request_timeout 5\n" + KEY, 1, "TpcOption: request_timeout: is not an option; did you mean request_timeout_ms?"),
    (KEY + "TpcOption max_in_flight many", 3, "TpcOption: max_in_flight"),
    (KEY + "TpcOption trusted_proxies nowhere", 3, "trusted_proxies"),
    (KEY + "TpcOption base_url http://example.com", 3, "base_url"),
    (KEY + "TpcOption log_descriptor 1", 3, "log_descriptor: cannot be set in a web server"),
    (KEY + "TpcOption sdk_name mine", 3, "sdk_name: cannot be set in a web server"),
    (KEY + "TpcOption api_key another", 3, "TpcOption api_key: TpcApiKeyFile sets it, too"),
    (KEY + "TpcOption dry_run", 3, "TpcOption takes two arguments"),
    ("<VirtualHost *>\n  TpcOption dry_run true\n</VirtualHost>", 2, "TpcOption cannot occur within <VirtualHost> section"),
    ("<Directory />\n  TpcApiKeyFile @folder@/api_key\n</Directory>", 2, "TpcApiKeyFile"),
    (KEY + "TpcShutdownTimeout 8", 3, "from 0 to 7 seconds are accepted"),
    (KEY + "TpcShutdownTimeout soon", 3, "from 0 to 7 seconds are accepted"),
    (KEY + 'TpcProperty plan "%{reqenv:PLAN"', 3, "TpcProperty: the value of plan is not an expression"),
    (KEY + "TpcProperty plan pro text", 3, "the type of plan is text; string, number and boolean are accepted"),
    (KEY + "TpcField name x", 3, "TpcField: name is not a field; session_id, anonymous_id, title and canonical_url"),
    (KEY + "TpcTypes text/html html", 3, "TpcTypes: html is not a content type"),
    (KEY + "TpcStatusFormat xml", 3, "TpcStatusFormat: the format is xml; json and prometheus are accepted"),
]


@pytest.mark.parametrize("configuration, line, message", WRONG, ids=[case[2][:40] + str(case[1]) for case in WRONG])
def test_configtest_names_file_line_and_reason(configuration, line, message):
    with_name = "Include @folder@/site.conf"
    code, said = Apache(with_name, files={"site.conf": configuration}).check()
    assert code != 0
    assert re.search(rf"line {line} of \S*/site\.conf:", said), said
    assert message in said


RIGHT = [
    KEY,
    "TpcApiKeyFile api_key\nTpcEnable On",
    "TpcOption dry_run true\nTpcEnable On",
    # Without a visit to send, no credential is needed.
    "TpcOption log_level debug",
    KEY + "TpcTypes text/html application/json\nTpcShutdownTimeout 500ms\nTpcEnvironment On",
    KEY + 'TpcProperty plan "%{reqenv:PLAN}"\nTpcProperty port %{SERVER_PORT} number\nTpcField title "a title"',
]


@pytest.mark.parametrize("configuration", RIGHT)
def test_configtest_accepts_what_is_right(configuration):
    code, said = Apache(configuration).check()
    assert (code, "Syntax OK" in said) == (0, True), said


def test_the_environment_counts_only_where_it_is_asked_for():
    environment = {"TPC_API_KEY": "any"}
    assert Apache("TpcEnable On", environment=environment).check()[0] != 0
    assert Apache("TpcEnvironment On\nTpcEnable On", environment=environment).check()[0] == 0


def test_a_bad_variable_is_blamed_on_the_directive_that_reads_it():
    configuration = {"site.conf": "TpcEnable On\n\nTpcEnvironment On\n"}
    environment = {"TPC_API_KEY": "any", "TPC_MAX_IN_FLIGHT": "many"}
    _, said = Apache("Include @folder@/site.conf", files=configuration, environment=environment).check()
    assert "line 3 of" in said and "TPC_MAX_IN_FLIGHT" in said


def test_no_error_shows_a_credential():
    code, said = Apache('TpcEnable On\nTpcOption api_key "sec ret\t"\nTpcOption bearer_token "sec ret\t"').check()
    assert code != 0 and "sec ret" not in said


# ---- A server ----------------------------------------------------------------------------------------------------------

SITE = """
TpcOption ai_agents_file @folder@/agents.json
TpcOption ai_ranges_dir @folder@/ranges
TpcOption trusted_proxies 127.0.0.1
DocumentRoot @folder@/site
<Directory @folder@/site>
  AllowOverride FileInfo
</Directory>
LogFormat "%U%q %>s tpc=%{tpc}n agent=%{tpc_ai_agent}n,%{tpc_ai_operator}n,%{tpc_ai_purpose}n,%{tpc_ai_verified}n" visits
CustomLog @folder@/visits.log visits
SetEnvIf Request_URI "^/internal/" no-tpc
Alias /agents @folder@/site
Alias /types @folder@/site
Alias /title @folder@/site
AddType application/x-page .page
TpcProperty from "%{reqenv:FROM}"
TpcProperty code "%{REQUEST_STATUS}" number
TpcProperty agent "%{TPC_AI_AGENT}"
<Location /agents>
  TpcOnlyAIAgents On
</Location>
<Location /types>
  TpcTypes application/x-page
</Location>
<Location /title>
  TpcField title "About %{REQUEST_URI}"
  TpcProperty from "the location"
  TpcProperty flag On boolean
</Location>
<Location /off>
  TpcEnable Off
</Location>
<Location /tpc-status>
  SetHandler tpc-status
</Location>
<If "%{TPC_AI_AGENT} == 'GPTBot'">
  Header set X-For-Agents yes
</If>
"""

FILES = {
    "site/index.html": "<p>Hello",
    "site/a.page": "a page of a type of its own",
    "site/internal/index.html": "<p>not for everybody",
    "site/off/index.html": "<p>not counted",
    "site/off/on/index.html": "<p>",
    "site/user/index.html": "<p>",
    "site/user/.htaccess": 'TpcEnable Off\n',
    "site/user/on/index.html": "<p>",
    "site/user/on/.htaccess": 'TpcEnable On\nTpcProperty from "a file"\nTpcField session_id "%{HTTP_HOST}"\n',
    "site/user/spy/.htaccess": 'TpcProperty users "%{file:/etc/passwd}"\n',
    "site/user/spy/index.html": "<p>",
    "site/user/key/.htaccess": "TpcApiKeyFile /etc/passwd\n",
    "site/user/key/index.html": "<p>",
    "agents.json": '[{"name": "ExampleBot", "operator": "Example", "purpose": "search"}]',
    "ranges/GPTBot.txt": "127.0.0.0/8",
    "ranges/ClaudeBot.txt": "192.0.2.0/24",
}


@pytest.fixture(scope="module")
def collector():
    with CollectorProcess() as process:
        yield process


@pytest.fixture(scope="module")
def server(collector):
    modules = ("mime", "dir", "alias", "setenvif", "headers")
    with Apache(tracking(collector) + SITE, files=FILES, modules=modules) as running:
        yield running


@pytest.fixture
def ask(collector, server):
    """Asks for a path, and returns the answer and the line of the access log."""
    collector.reset()

    def request(path, headers=PERSON, method="GET"):
        before = len(_lines(server))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.body = answer.read().decode()
        connection.close()
        server.wait_until(lambda: len(_lines(server)) > before, "a line of the access log")
        return answer, _lines(server)[-1]

    return request


def _lines(server):
    log = server.folder / "visits.log"
    return log.read_text().splitlines() if log.exists() else []


def _event(collector, number=1):
    collector.wait(number)
    return collector.good()[-1]["event"]


def test_a_page_is_a_visit_and_the_access_log_says_so(ask, collector):
    answer, line = ask("/index.html?a=1", AGENT)
    event = _event(collector)
    assert line == "/index.html?a=1 200 tpc=tracked agent=GPTBot,OpenAI,training,1"
    assert event["page"]["pathname"] == "/index.html"
    assert event["request"]["userAgent"] == "GPTBot/1.2"
    assert event["sdk"]["name"] == "tpc-apache" and event["sdk"]["runtime"].startswith("apache/2.4.")
    assert event["properties"] == {
        "status": 200, "code": 200, "agent": "GPTBot", "aiAgent": "GPTBot", "aiOperator": "OpenAI", "aiPurpose": "training",
        "aiVerified": True, "aiVerifiedBy": "ip",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path, rule",
    [
        ("/absent", "404 tpc=status"),
        ("/internal/", "200 tpc=off"),
        ("/off/", "200 tpc=off"),
        ("/off/on/", "200 tpc=off"),
        ("/user/", "200 tpc=off"),
        ("/agents/", "200 tpc=not_ai_agent"),
        ("/types/", "200 tpc=content_type"),
        ("/a.page", "200 tpc=content_type"),
    ],
)
def test_what_is_not_a_visit_is_left_out_and_the_log_says_why(ask, path, rule):
    assert rule in ask(path)[1]


@pytest.mark.parametrize("path, headers", [("/agents/", AGENT), ("/types/a.page", PERSON), ("/user/on/", PERSON), ("/", PERSON)])
def test_what_is_a_visit_is_tracked(ask, collector, path, headers):
    assert "tpc=tracked" in ask(path, headers)[1]
    assert _event(collector)["page"]["pathname"] == path


def test_inner_values_replace_outer_ones_of_the_same_name(ask, collector):
    ask("/title/")
    event = _event(collector)
    assert event["page"]["title"] == "About /title/index.html"
    assert event["properties"] == {"status": 200, "code": 200, "from": "the location", "flag": True}


def test_htaccess_may_switch_and_add_but_not_name_or_read_a_file(ask, collector, server):
    ask("/user/on/")
    event = _event(collector)
    assert event["sessionId"] == f"127.0.0.1:{server.port}" and event["properties"]["from"] == "a file"
    assert ask("/user/key/")[0].status == 500
    assert "TpcApiKeyFile not allowed" in server.log()
    # Nor read a file that Apache would not serve.
    assert ask("/user/spy/")[0].status == 500


def test_expressions_know_the_agent_before_the_answer(ask):
    assert ask("/", AGENT)[0].getheader("X-For-Agents") == "yes"
    assert ask("/", PERSON)[0].getheader("X-For-Agents") is None


@pytest.mark.parametrize(
    "user_agent, said",
    [("ExampleBot/1", "agent=ExampleBot,Example,search,-"), ("ClaudeBot/1", "ClaudeBot,Anthropic,training,0")],
)
def test_agents_are_those_of_the_clients_own_files(ask, user_agent, said):
    line = ask("/agents/", {"User-Agent": user_agent, "X-Forwarded-For": "198.51.100.7"})[1]
    assert "tpc=tracked" in line and line.endswith(said)


def test_status_adds_up_what_all_children_count(ask, collector, server):
    first = json.loads(ask("/tpc-status")[0].body)
    for _ in range(4):
        ask("/")
    ask("/absent")
    collector.wait(4)
    server.wait_until(lambda: json.loads(ask("/tpc-status")[0].body)["delivered"] >= first["delivered"] + 4, "the counters")
    answer, line = ask("/tpc-status")
    totals = json.loads(answer.body)
    assert answer.getheader("Content-Type") == "application/json" and answer.getheader("Cache-Control") == "no-store"
    assert "tpc=off" in line
    assert totals["accepted"] >= first["accepted"] + 4 and totals["workers"] == len(server.workers())
    text = ask("/tpc-status?format=prometheus")[0]
    assert text.getheader("Content-Type") == "text/plain; version=0.0.4"
    assert re.search(r"^tpc_events_accepted_total \d+$", text.body, re.M)
    assert ask("/tpc-status?format=xml")[0].status == 400
    assert ask("/tpc-status", method="POST")[0].status == 405


def test_the_key_is_read_by_root_alone(ask, collector, server):
    ask("/")
    collector.wait(1)
    assert (server.folder / "api_key").stat().st_mode & 0o777 == 0o600
    assert collector.good()[-1]["credential"] == "api_key"
    assert "error" not in server.log().replace("error.log", "") or "TpcApiKeyFile not allowed" in server.log()


def test_htaccess_alone_without_a_credential_is_one_error_and_no_page_suffers():
    files = {"site/index.html": "<p>", "site/.htaccess": "TpcEnable On\n"}
    site = "DocumentRoot @folder@/site\n<Directory @folder@/site>\nAllowOverride FileInfo\n</Directory>\n"
    with Apache(site, files=files, mpm="prefork", children="StartServers 1\nMaxRequestWorkers 1") as server:
        for _ in range(3):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
        server.stop()
        assert server.log().count("no visits are sent: TpcEnable is on in an .htaccess file") == 1


# ---- The installation --------------------------------------------------------------------------------------------------


def test_install_apache_puts_library_module_and_its_line_where_debian_looks(tmp_path):
    root = tmp_path / "root"
    command = ["make", "-s", "install-apache", f"DESTDIR={root}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300)
    module = root / "usr/lib/apache2/modules/mod_tpc.so"
    line = (root / "etc/apache2/mods-enabled/tpc.load").read_text()
    assert line == "LoadModule tpc_module /usr/lib/apache2/modules/mod_tpc.so\n"
    assert (root / "usr/local/lib/libtpc.so.0").exists()
    # The module finds the library by its name alone.
    dynamic = subprocess.run(["readelf", "-d", module], check=True, capture_output=True, text=True).stdout
    assert "[libtpc.so.0]" in dynamic and "PATH)" not in dynamic
    with Apache("TpcEnable On\nTpcOption dry_run true\n", module=module, library=root / "usr/local/lib") as server:
        assert "resuming normal operations" in server.log()
