"""What the configuration of nginx may say, and what the variables and tpc_status answer."""

import http.client
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import stat
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.paths import ROOT
from support.servers.collector_process import CollectorProcess
from support.servers.nginx import MODULE, Nginx, tracking
from support.servers.web_server import API_KEY

KEY = "tpc_api_key_file @folder@/api_key;\n"
SERVER = "server { listen 127.0.0.1:@port@; }\n"
AGENT = {"User-Agent": "Mozilla/5.0 (compatible; GPTBot/1.2; +https://example.com/bot)"}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


# ---- nginx -t ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def check():
    """Returns a function: what `nginx -t` says about the content of http, and the number of that content's first line."""
    with CheckedNginx("", files={"empty": "", "unreadable_key": "x"}) as server:
        yield server.verdict


class CheckedNginx(Nginx):
    def __enter__(self):
        self.prepare()
        return self

    def verdict(self, http):
        self.configure(http + SERVER)
        code, output = self.check()
        text = (self.folder / "nginx.conf").read_text()
        first = text[: text.index(self._text(http).split("\n")[0])].count("\n") + 1
        return code, output, first


REFUSED = {
    "an unknown option": ("tpc on;\n" + KEY + "tpc_option request_timeout 5;", 2, "did you mean request_timeout_ms"),
    "a bad value": ("tpc on;\n" + KEY + "tpc_option queue_max_events many;", 2, "queue_max_events: "),
    "an option of the module's own": (KEY + "tpc_option log_descriptor 1;", 1, "error log"),
    "the option for the key's file": (KEY + "tpc_option api_key_file /run/secrets/key;", 1, "the directive for the key"),
    "an option that is set twice": (KEY + "tpc_option dry_run true;\ntpc_option dry_run true;", 2, 'duplicate tpc_option "dry_run"'),
    "a missing key": ("tpc_environment off;\ntpc on;", 1, "api_key"),
    "a missing key, asked for twice": ("server {\ntpc on;\n}\nserver {\ntpc on;\n}", 1, "api_key"),
    "a missing key, asked for in a location": ("server {\nlocation / {\ntpc on;\n}\n}", 2, "api_key"),
    "a key's file that is not there": ("tpc_api_key_file nowhere;\ntpc on;", 0, "tpc_api_key_file: the file does not exist"),
    "the path of a key's file": ("tpc_api_key_file nowhere;\ntpc on;", 0, '/nowhere" in '),
    "an empty key's file": ("tpc_api_key_file empty;\ntpc on;", 0, "tpc_api_key_file: the file is empty"),
    "two keys": (KEY + "tpc_option api_key x;\ntpc on;", 1, "expected one of them"),
    "a proxy that is not an address": (KEY + "tpc on;\ntpc_option trusted_proxies somewhere;", 2, "trusted_proxies"),
    "an unknown field": ("tpc_field name x;", 0, "expected session_id, anonymous_id, title or canonical_url"),
    "a field that is set twice": ("tpc_field title x;\ntpc_field title y;", 1, 'duplicate tpc_field "title"'),
    "an unknown type": ("tpc_property plan x text;", 0, "expected string, number or boolean"),
    "a property that is set twice": ("tpc_property plan x;\ntpc_property plan y;", 1, 'duplicate tpc_property "plan"'),
    "a type with a star": ("tpc_types text/*;", 0, "expected content types such as text/html"),
    "a list in one type": ("tpc_types text/html,text/plain;", 0, "expected content types such as text/html"),
    "an unknown format of the status": ("server { location /s { tpc_status yaml; } }", 0, "expected json or prometheus"),
    "a small zone": ("tpc_zone tpc 1k;", 0, "tpc_zone: found the size"),
    "an unknown variable": ("tpc_if $nothing_of_the_kind;", 0, "unknown \"nothing_of_the_kind\" variable"),
    "a directive in the wrong block": ("server { tpc_option dry_run true; }", 0, '"tpc_option" directive is not allowed here'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nginx_names_the_line_of(case, check):
    http, line, words = REFUSED[case]
    code, output, first = check("# begin\n" + http + "\n")
    assert code != 0
    assert words in output, output
    if "unknown \"" not in words:
        assert f"nginx.conf:{first + 1 + line}\n" in output, output


def test_a_configuration_that_says_nothing_about_visits_needs_no_key(check):
    assert check("# begin\ntpc off;\n")[0] == 0


def test_every_directive_has_its_place(check):
    code, output, _ = check(
        "# begin\ntpc on;\n" + KEY + "tpc_environment off;\ntpc_option dry_run true;\ntpc_only_ai_agents off;\n"
        "tpc_property a $uri;\ntpc_property b $status number;\ntpc_field session_id $cookie_s;\ntpc_if $arg_a;\n"
        "tpc_types text/html;\ntpc_host example.com;\ntpc_scheme https;\ntpc_remote_address $remote_addr;\n"
        "tpc_client_address $remote_addr;\ntpc_zone tpc 64k;\ntpc_shutdown_timeout 2s;\n"
        "server { location /s { tpc off; tpc_status prometheus; if ($arg_a) { tpc on; } } }\n"
    )
    assert code == 0, output


def test_an_error_never_shows_the_key(check):
    for option in ("api_key 'top\x01secret'", "queue_max_events top-secret", "proxy ftp://user:secret@example.com"):
        code, output, _ = check(f"# begin\n{KEY}tpc on;\ntpc_option {option};\n")
        assert code != 0
        assert option.split(" ")[0] in output
        assert "secret" not in output


# ---- A server that runs ------------------------------------------------------------------------------------------------

HTTP = """
    types { text/html html; application/json json; }
    log_format visit '$request_uri $status $tpc agent=$tpc_ai_agent/$tpc_ai_operator/$tpc_ai_purpose/$tpc_ai_verified';
    tpc_zone tpc;
    tpc_property everywhere yes boolean;
    map $tpc_ai_purpose $kind { default reader; training trainer; }
    server {
        listen 127.0.0.1:@port@;
        root @folder@/site;
        access_log @folder@/access.log visit;
        location = /status { tpc_status; }
        location = /metrics { tpc_status prometheus; }
        location = /status-if { tpc_status; if ($arg_if) { set $any 1; } }
        location = /off.html { tpc off; }
        location = /agents.html { tpc_only_ai_agents on; }
        location = /if.html { tpc_if $arg_visit; }
        location = /data.json { tpc_types application/json; }
        location = /types.html { tpc_types application/json; }
        location = /kind { default_type text/html; return 200 "$kind $tpc_ai_agent"; }
        location = /block.html { if ($arg_off) { tpc off; } }
        location = /fields.html {
            tpc_property plan $arg_plan;
            tpc_property count $arg_count number;
            tpc_field title "Page $arg_plan";
            tpc_field session_id $cookie_session;
        }
        error_page 410 =200 /index.html;
        location = /gone { return 410; }
    }
    server {
        listen 127.0.0.1:@named@;
        root @folder@/site;
        tpc_host $arg_host;
        tpc_scheme https;
        tpc_remote_address 192.0.2.1;
        tpc_client_address 198.51.100.7;
    }
"""
PAGES = ("index", "off", "agents", "if", "types", "block", "fields")


@pytest.fixture(scope="module")
def collector():
    with CollectorProcess("--credential", f"api_key={API_KEY}") as process:
        yield process


@pytest.fixture(scope="module")
def server(collector):
    files = {f"site/{name}.html": "<!doctype html><title>Page</title>" for name in PAGES} | {"site/data.json": "{}"}
    with Nginx(tracking(collector) + HTTP, ports=("port", "named"), files=files, workers=2) as running:
        yield running
    assert not running.broken_lines()


def get(server, target, headers=BROWSER, method="GET", port=None):
    connection = http.client.HTTPConnection("127.0.0.1", port or server.port, timeout=60)
    connection.request(method, target, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, answer.headers


def logged(server, target):
    """What the access log has about a target, which is asked for once."""
    found = []

    def look():
        lines = (server.folder / "access.log").read_text().splitlines()
        found[:] = [line for line in lines if line.startswith(target + " ")]
        return found

    server.wait_until(look, f"{target} in the access log")
    assert len(found) == 1
    return found[0].split(" ", 2)[2]


RESULTS = {
    "a page": ("/index.html", BROWSER, "tracked"),
    "an agent's visit": ("/index.html?agent", AGENT, "tracked"),
    "what is off": ("/off.html", BROWSER, "off"),
    "what is off in a block": ("/block.html?off=1", BROWSER, "off"),
    "what is on beside a block": ("/block.html", BROWSER, "tracked"),
    "a reader, where only agents count": ("/agents.html?a", BROWSER, "not_ai_agent"),
    "an agent, where only agents count": ("/agents.html?b", AGENT, "tracked"),
    "an empty condition": ("/if.html", BROWSER, "tpc_if"),
    "the condition 0": ("/if.html?visit=0", BROWSER, "tpc_if"),
    "a condition that holds": ("/if.html?visit=1", BROWSER, "tracked"),
    "what is not found": ("/nowhere.html", BROWSER, "status"),
    "another page in place of an error": ("/gone", BROWSER, "tracked"),
    "a type that tpc_types names": ("/data.json", BROWSER, "tracked"),
    "a type that tpc_types does not name": ("/types.html", BROWSER, "content_type"),
    "the status": ("/status?x", BROWSER, "off"),
    "the status, within an if": ("/status-if?if=1", BROWSER, "off"),
}


@pytest.mark.parametrize("case", RESULTS)
def test_the_access_log_says_what_became_of(case, server):
    target, headers, expected = RESULTS[case]
    get(server, target, headers)
    assert logged(server, target).split(" ")[0] == expected


def test_the_access_log_names_the_agent(server):
    get(server, "/index.html?who", AGENT)
    get(server, "/index.html?nobody")
    assert logged(server, "/index.html?who").endswith(" agent=GPTBot/OpenAI/training/-")
    assert logged(server, "/index.html?nobody").endswith(" agent=-/-/-/-")


def test_maps_and_answers_may_depend_on_the_agent(server):
    assert get(server, "/kind", AGENT)[1] == "trainer GPTBot"
    assert get(server, "/kind?r", BROWSER)[1] == "reader "


def test_variables_know_the_agents_networks_and_the_configuration_s_own_agents(collector):
    site = """
        server {
            listen 127.0.0.1:@port@;
            tpc_client_address $arg_from;
            default_type text/html;
            location / { return 200 "$tpc_ai_agent $tpc_ai_operator $tpc_ai_verified"; }
        }
    """
    own = json.dumps([{"name": "ExampleBot", "operator": "Example", "purpose": "search"}])
    files = {"ranges/GPTBot.json": '["198.51.100.0/24"]', "agents.json": own}
    http = tracking(collector, ai_ranges_dir="@folder@/ranges", ai_agents_file="@folder@/agents.json")
    with Nginx(http + site, files=files) as server:
        assert get(server, "/?from=198.51.100.7", AGENT)[1] == "GPTBot OpenAI 1"
        assert get(server, "/?from=203.0.113.7", AGENT)[1] == "GPTBot OpenAI 0"
        assert get(server, "/?from=203.0.113.7", {"User-Agent": "ExampleBot/1.0"})[1] == "ExampleBot Example "
        assert get(server, "/?from=198.51.100.7", BROWSER)[1] == "  "


def visits(collector, marker):
    """The events of the pages that have this in their URL."""
    return [event for kept in collector.good() if marker in (event := kept["event"])["page"]["href"]]


def settled(server, collector, target, headers=BROWSER, **options):
    """The one visit of a request."""
    before = len(collector.good())
    get(server, target, headers, **options)
    collector.wait(before + 1)
    (event,) = visits(collector, target)
    return event


def test_properties_and_fields_are_the_location_s(server, collector):
    event = settled(server, collector, "/fields.html?plan=pro&count=3", {**BROWSER, "Cookie": "session=s1"})
    assert event["properties"] == {"status": 200, "plan": "pro", "count": 3}
    assert event["page"]["title"] == "Page pro"
    assert event["sessionId"] == "s1"


def test_empty_values_and_odd_numbers_are_left_out(server, collector):
    event = settled(server, collector, "/fields.html?plan=&count=many")
    assert event["properties"] == {"status": 200}
    assert "sessionId" not in event


def test_bytes_that_are_not_utf_8_are_read_as_latin_1(server, collector):
    event = settled(server, collector, "/fields.html?plan=latin", {**BROWSER, "Cookie": b"session=caf\xe9"})
    assert event["sessionId"] == "café"


def test_properties_are_inherited(server, collector):
    assert settled(server, collector, "/index.html?inherited")["properties"] == {"status": 200, "everywhere": True}


def test_a_server_may_say_host_scheme_and_addresses(server, collector):
    port = server.ports["named"]
    event = settled(server, collector, "/index.html?host=www.example.com", port=port)
    assert event["page"]["href"] == "https://www.example.com/index.html?host=www.example.com"
    assert event["request"]["clientIp"] == "198.51.100.7"
    # An empty value is as good as none.
    assert settled(server, collector, "/index.html?empty", port=port)["page"]["href"] == f"https://127.0.0.1:{port}/index.html?empty"


def test_the_module_names_itself(server, collector):
    version = re.search(r"nginx/\S+", subprocess.run([shutil.which("nginx") or "/usr/sbin/nginx", "-v"], stderr=subprocess.PIPE, text=True).stderr)[0]
    sdk = settled(server, collector, "/index.html?sdk")["sdk"]
    assert sdk == {"name": "tpc-nginx", "version": (ROOT / "VERSION").read_text().strip(), "runtime": version}


# ---- The counters ------------------------------------------------------------------------------------------------------


def counted(server):
    status, body, headers = get(server, "/status")
    assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "application/json", "no-store")
    return json.loads(body)


def wait_for(server, **expected):
    server.wait_until(lambda: expected.items() <= counted(server).items(), f"{expected} in the counters")


def test_the_status_adds_up_all_workers_over_reloads_and_kills(collector):
    files = {"site/index.html": "<!doctype html>"}
    http = "tpc_zone tpc;\nserver { listen 127.0.0.1:@port@; root @folder@/site; location = /status { tpc_status; } }"
    with Nginx(tracking(collector) + http, workers=2, files=files) as server:
        for number in range(20):
            get(server, f"/?{number}", BROWSER)
        wait_for(server, accepted=20, delivered=20, workers=2, lost=0)
        server.reload()
        wait_for(server, accepted=20, delivered=20, workers=2)
        victim = server.workers()[0]
        os.kill(victim, signal.SIGKILL)
        server.wait_until(lambda: victim not in server.workers() and len(server.workers()) == 2, "another worker")
        wait_for(server, accepted=20, delivered=20, workers=2)


def test_prometheus_reads_the_metrics(server):
    _, body, headers = get(server, "/metrics")
    assert headers["Content-Type"] == "text/plain; version=0.0.4"
    assert "tpc_events_accepted" in {family.name for family in text_string_to_metric_families(body)}


def test_an_if_leaves_the_status_its_format(server):
    status, body, headers = get(server, "/status-if?if=2")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body)["workers"] == 2


def test_the_status_takes_no_other_method(server):
    assert get(server, "/status", method="HEAD")[:2] == (200, "")
    assert get(server, "/status", method="POST")[0] == 405


# ---- Processes, the key and the log ------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "/", "//"])
def test_the_workers_send_with_a_key_that_only_the_master_may_read(collector, end):
    if os.geteuid() != 0:
        pytest.skip("only root's nginx has workers of another user")
    files = {"site/index.html": "<!doctype html>"}
    spool = f"tpc_option spool_directory @folder@/state/visits{end};\n"
    with Nginx(tracking(collector) + spool + "server { listen 127.0.0.1:@port@; root @folder@/site; }", files=files) as server:
        folder = (server.folder / "state" / "visits").stat()
        assert stat.S_IMODE(folder.st_mode) == 0o700
        assert folder.st_uid == pwd.getpwnam("nobody").pw_uid
        before = len(collector.good())
        get(server, "/?secret")
        collector.wait(before + 1)
        assert list((server.folder / "state" / "visits").iterdir())


def test_the_environment_counts_where_the_configuration_says_so(collector):
    files = {"site/index.html": "<!doctype html>"}
    environment = {"TPC_API_KEY": API_KEY, "TPC_BASE_URL": collector.url}
    http = "tpc on;\ntpc_environment on;\nserver { listen 127.0.0.1:@port@; root @folder@/site; }"
    with Nginx(http, files=files, environment=environment) as server:
        before = len(collector.good())
        get(server, "/?environment")
        collector.wait(before + 1)
    assert len(visits(collector, "/?environment")) == 1


def test_the_master_reads_the_key_s_file_that_the_environment_names(collector, tmp_path):
    key = tmp_path / "key"
    key.write_text(API_KEY + "\n")
    key.chmod(0o600)
    files = {"site/index.html": "<!doctype html>"}
    environment = {"TPC_API_KEY_FILE": str(key), "TPC_BASE_URL": collector.url}
    http = "tpc on;\ntpc_environment on;\nserver { listen 127.0.0.1:@port@; root @folder@/site; }"
    with Nginx(http, files=files, environment=environment) as server:
        get(server, "/?key-file")
        assert server.quit() == 0
        key.unlink()
        code, output = server.check()
        assert code != 0
        assert re.search(r"tpc: TPC_API_KEY_FILE: the file does not exist; .* in \S+:\d+\n", output), output
        server.configure("tpc_api_key_file @folder@/api_key;\n" + http)
        assert server.check()[0] == 0
    assert len(visits(collector, "?key-file")) == 1


def test_a_signal_needs_no_environment(collector):
    environment = {"TPC_API_KEY": API_KEY, "TPC_BASE_URL": collector.url}
    with Nginx("tpc on;\ntpc_environment on;\n" + SERVER, environment=environment) as server:
        assert server.command("-s", "quit") == (0, "")
        assert server.process.wait(10) == 0


class NginxWithoutMaster(Nginx):
    def workers(self):
        return [self.master]

    def _starts(self):
        return self.log().count(": OS: ")


def test_without_a_master_the_one_process_has_the_spool_and_ends_after_a_reload(collector):
    files = {"site/index.html": "<!doctype html>"}
    http = tracking(collector, spool_directory="@folder@/spool") + "server { listen 127.0.0.1:@port@; root @folder@/site; }"
    with NginxWithoutMaster(http, main="master_process off;", files=files) as server:
        get(server, "/?alone")
        assert (server.folder / "spool").stat().st_uid == os.geteuid()
        server.signal(signal.SIGHUP)
        server.wait_for_log("reconfiguring")
        assert server.stop() == 0
        assert "tpc: " not in server.log()
    assert len(visits(collector, "?alone")) == 1


def test_the_library_s_lines_are_in_the_error_log_at_their_level(collector):
    files = {"site/index.html": "<!doctype html>"}
    http = tracking(collector) + "server { listen 127.0.0.1:@port@; root @folder@/site; }"
    with Nginx(http.replace("@folder@/api_key", "@folder@/wrong_key"), files=files | {"wrong_key": "another"}) as server:
        get(server, "/?refused")
        server.wait_for_log("tpc: ")
        (line,) = [line for line in server.log().splitlines() if "tpc: " in line]
        assert re.search(r"\[(warn|error)\] \d+#\d+: tpc: .*401", line)
        assert "another" not in server.log()


def test_a_refusal_is_in_the_log_once_and_without_the_visitor(collector):
    files = {"site/index.html": "<!doctype html>"}
    http = tracking(collector, max_event_bytes=1024) + "server { listen 127.0.0.1:@port@; root @folder@/site; }"
    with Nginx(http, files=files) as server:
        for number in range(3):
            assert get(server, f"/?private={'x' * 1500}{number}")[0] == 200
        assert server.log().count("a visit was not tracked") == 1
        assert "xxx" not in server.log()
        assert "127.0.0.1, server" not in server.log()


def test_a_field_that_is_refused_costs_no_visit_and_is_in_the_log_once(collector):
    files = {"site/index.html": "<!doctype html>"}
    http = tracking(collector) + "server { listen 127.0.0.1:@port@; root @folder@/site; tpc_field canonical_url $arg_url; }"
    with Nginx(http, files=files) as server:
        for number in range(3):
            get(server, f"/?field{number}&url=[private")
        assert server.quit() == 0
        assert server.log().count("a visit lacks a field: /page/canonicalUrl: ") == 1
        assert "private" not in server.log()
    assert len(visits(collector, "?field")) == 3


def test_a_worker_without_a_client_says_so_and_serves_pages(collector):
    files = {"site/index.html": "<!doctype html>", "agents.json": "[]"}
    http = "tpc_zone tpc;\nserver { listen 127.0.0.1:@port@; root @folder@/site; location = /status { tpc_status; } }"
    with Nginx(tracking(collector, ai_agents_file="@folder@/agents.json") + http, files=files) as server:
        server.write("agents.json", "broken")
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        server.wait_for_log("[error]")
        server.wait_until(lambda: server.workers() not in ([], [worker]), "another worker")
        assert get(server, "/?clientless")[0] == 200
        wait_for(server, errors=1, clientless=1, workers=1)
        (line,) = [line for line in server.log().splitlines() if "[error]" in line]
        assert "tpc: this worker tracks no visits: ai_agents_file: " in line


def test_a_subrequest_does_not_count_even_if_nginx_logs_it(collector):
    files = {"site/index.html": "<!doctype html>", "site/part.html": "part"}
    http = """
        server {
            listen 127.0.0.1:@port@;
            root @folder@/site;
            log_subrequest on;
            location = /index.html { add_after_body /part.html; }
        }
    """
    with Nginx(tracking(collector) + http, files=files) as server:
        assert get(server, "/?whole")[1] == "<!doctype html>part"
        assert server.quit() == 0
    assert len(visits(collector, "?whole")) == 1


def test_helper_processes_have_no_client(collector):
    http = "tpc_zone tpc;\nproxy_cache_path @folder@/cache keys_zone=cache:1m;\n"
    site = "server { listen 127.0.0.1:@port@; location = /status { tpc_status; } }"
    with Nginx(tracking(collector) + http + site) as server:

        def helpers():
            titles = {number: pathlib.Path(f"/proc/{number}/cmdline").read_text() for number in server.workers()}
            return [number for number, title in titles.items() if "cache manager" in title]

        server.wait_until(helpers, "the cache manager")
        assert [len(os.listdir(f"/proc/{number}/task")) for number in helpers()] == [1]
        assert counted(server)["workers"] == 1


# ---- The installation --------------------------------------------------------------------------------------------------


def test_an_installation_has_the_module_enabled_beside_the_library(tmp_path):
    subprocess.run(["make", "-s", "install-nginx", f"DESTDIR={tmp_path}", "PREFIX=/usr/local"], cwd=ROOT, check=True)
    enabled = tmp_path / "etc/nginx/modules-enabled/50-mod-http-tpc.conf"
    assert enabled.readlink().as_posix() == "/usr/share/nginx/modules-available/mod-http-tpc.conf"
    available = tmp_path / "usr/share/nginx/modules-available/mod-http-tpc.conf"
    assert available.read_text() == "load_module modules/ngx_http_tpc_module.so;\n"
    assert (tmp_path / "usr/lib/nginx/modules/ngx_http_tpc_module.so").exists()
    assert (tmp_path / "usr/local/lib/libtpc.so.0").resolve().exists()


def test_the_module_exports_what_nginx_looks_up_and_nothing_else():
    symbols = subprocess.run(["nm", "-D", "--defined-only", "-P", MODULE], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in symbols.splitlines()} == {"ngx_modules", "ngx_module_names", "ngx_module_order"}
    dynamic = subprocess.run(["readelf", "-d", MODULE], capture_output=True, text=True, check=True).stdout
    assert "[libtpc.so.0]" in dynamic
    assert "RUNPATH" not in dynamic and "RPATH" not in dynamic
