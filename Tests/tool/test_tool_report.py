# SPDX-License-Identifier: Apache-2.0
"""`tpc-events report`: what it counts, and how it shows it on a terminal and as a page."""

import collections
import fcntl
import gzip
import html.parser
import os
import pty
import re
import signal
import stat
import struct
import termios

import pytest

from support.paths import ROOT
from tool.logs import combined, common
from tool.reports import (
    AGENTS, LOST, NAMES, RANGES, SERVICES, Page, agents_table, as_numbers, generate, is_spoofed, moment, number,
)  # fmt: skip

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;\x1b[31m\u202e\x9b"


@pytest.fixture(scope="module")
def lines():
    return generate(6000)


@pytest.fixture(scope="module")
def ranges(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranges")
    for name, text in RANGES.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def show(tool):
    """Reports on lines as a page."""

    def run(log, *flags, **environment):
        result = tool.run("report", "-", "--html", "-", *flags, input=log, **environment)
        assert result.code == 0, result.errors
        return Page(result.output)

    return run


@pytest.fixture
def page(show, lines, ranges):
    return show([str(line) for line in lines], "--ai-ranges-dir", ranges)


# Numbers


def test_the_agents_are_those_of_an_independent_count(page, lines):
    found = {row["Agent"]: as_numbers(row) for row in page.table("AI agents")}
    assert found == agents_table(lines)
    visits = [row["Visits"] for row in map(as_numbers, page.table("AI agents"))]
    assert visits == sorted(visits, reverse=True)


def test_the_headlines_are_those_of_an_independent_count(page, lines):
    visits = [line for line in lines if line.is_visit]
    agents = [line for line in visits if line.agent and not is_spoofed(line)]
    users = [line for line in agents if line.agent["purpose"] in ("user", "agent")]
    lost = [line for line in lines if line.agent and not is_spoofed(line) and line.status in (404, 410)]
    spoofed = [line for line in lines if is_spoofed(line)]
    numbers = {label: number(texts[0]) for label, texts in page.tiles.items()}
    assert numbers == {
        "page visits by AI agents": len(agents),
        "of these for a user who asked": len(users),
        "visits by people from AI answers": sum(line.service is not None for line in visits),
        "requests by agents for pages that do not exist": len(lost),
        "spoofed requests, with an agent's name but not its address": len(spoofed),
    }
    assert page.tiles["page visits by AI agents"][1].startswith(f"{len(agents) / len(visits):.1%} of {len(visits):,} page visits; ")
    assert page.tiles["spoofed requests, with an agent's name but not its address"][1] == (
        f"from {len({line.client for line in spoofed})} addresses"
    )


def test_pages_answers_and_operators_are_those_of_an_independent_count(page, lines):
    visits = [line for line in lines if line.is_visit]
    agents = [line for line in visits if line.agent and not is_spoofed(line)]
    people = [line for line in visits if line.service]
    by_agents = collections.Counter(line.page for line in agents)
    by_people = collections.Counter(line.page for line in people)
    found = {row["Page"]: (number(row["Agents"]), number(row["People"])) for row in page.table("Pages that AI agents read most")}
    assert found == {path: (by_agents[path], by_people[path]) for path in by_agents}
    found = {row["Page"]: number(row["People"]) for row in page.table("Pages that people from AI answers read most")}
    assert found == by_people
    services = {row["Service"]: as_numbers(row) for row in page.table("People from AI answers")}
    for service in set(SERVICES.values()):
        of_service = [line for line in people if line.service == service]
        lost = [line for line in lines if line.service == service and line.status in (404, 410)]
        row = services[service]
        assert (row["Visits"], row["By URL"]) == (len(of_service), sum(line.referrer == "-" for line in of_service))
        assert (row["By referrer"], row["Not found"]) == (row["Visits"] - row["By URL"], len(lost))
        assert row["Last visit"] == moment(max(line.time for line in of_service + lost))
    operators = {row["Operator"]: as_numbers(row) for row in page.table("What operators read, and whom they bring")}
    for name in {line.agent["operator"] for line in agents}:
        own = collections.Counter(line.agent["purpose"] for line in agents if line.agent["operator"] == name)
        assert operators[name]["All agents"] == own.total()
        assert [operators[name][word] for word in ("Training", "Search", "User's question", "Browsing")] == [
            own[word] for word in ("training", "search", "user", "agent")
        ]
    assert operators["OpenAI"]["People"] == services["ChatGPT"]["Visits"]
    assert operators["OpenAI"]["Visits per person"] == f"{operators['OpenAI']['All agents'] / operators['OpenAI']['People']:.1f}"


def test_what_was_looked_for_in_vain_is_that_of_an_independent_count(page, lines):
    lost = [line for line in lines if line.status in (404, 410) and not is_spoofed(line)]
    by_agent = collections.Counter((line.agent["name"], line.page) for line in lost if line.agent)
    table = page.table("What each AI agent looked for in vain")
    assert {(row["Agent"], row["Path"]): number(row["Requests"]) for row in table} == by_agent
    by_path = collections.Counter(line.page for line in lost if line.agent)
    table = page.table("What AI agents looked for in vain")
    assert {row["Path"]: (number(row["Requests"]), number(row["Agents"])) for row in table} == {
        path: (count, len(NAMES)) for path, count in by_path.items()
    }
    by_people = collections.Counter(line.page for line in lost if line.service)
    table = page.table("What people from AI answers looked for in vain")
    assert {row["Path"]: number(row["Requests"]) for row in table} == by_people


def test_readers_of_robots_txt_and_spoofed_agents_are_those_of_an_independent_count(page, lines):
    for row in page.table("Who reads robots.txt and llms.txt"):
        own = [line for line in lines if line.agent and line.agent["name"] == row["Agent"] and not is_spoofed(line)]
        for column, last in (("robots.txt", "Last"), ("llms.txt", "Last 5")):
            reads = [line.time for line in own if line.page == f"/{column}"]
            assert (number(row[column]), row[last]) == (len(reads), moment(max(reads)))
    [row] = page.table("Spoofed agents")
    spoofed = [line for line in lines if is_spoofed(line)]
    assert as_numbers(row) == {
        "Name used": "ClaudeBot", "Operator": "Anthropic", "Requests": len(spoofed),
        "Page visits": sum(line.is_visit for line in spoofed), "Addresses": len({line.client for line in spoofed}),
        "Last seen": moment(max(line.time for line in spoofed)),
    }  # fmt: skip


def test_days_and_hours_are_those_of_the_logs_own_clock(page, lines):
    visits = [line for line in lines if line.is_visit]
    agents = [line for line in visits if line.agent and not is_spoofed(line)]
    days = collections.Counter(f"{line.time:%a} {line.time.day} {line.time:%b}" for line in agents)
    chart = page.chart("Page visits by AI agents, day by day")
    assert {day: sum(row.values()) for day, row in chart.items()} == days
    hours = collections.Counter(f"{line.time:%H}:00 to {line.time:%H}:59" for line in visits if line.service)
    assert {hour: row["People"] for hour, row in page.chart("Hours of the day").items()} == hours
    first, last = min(line.time for line in lines), max(line.time for line in lines)
    period = next(element for element in page.root.iter("p") if element.get("class") == "soft").text
    assert period == f"{first.day} {first:%b %Y, %H:%M} to {last.day} {last:%b %Y, %H:%M} (12 days, by the log's clock: UTC+02:00)"


def test_the_trend_compares_the_halves_of_the_period(show):
    def day(number, count):
        return [combined(agent="GPTBot/1.0", time=f"{number:02}/Nov/2026:{hour:02}:00:00 +0000") for hour in range(24)] * count

    page = show(day(1, 1) + day(2, 1) + day(3, 5) + day(4, 2) + day(5, 1))
    # Of an odd number of days, the one in the middle is in neither half.
    assert page.tiles["page visits by AI agents"][1].endswith("; +50% in the second half of the period")


def test_every_line_is_in_one_row(show):
    log = [
        combined("GET /a HTTP/1.1"), combined("GET /b HTTP/1.1", status="301"), combined("GET /c HTTP/1.1", status="404"),
        combined("GET /d.css HTTP/1.1"), combined("-", status="400"), combined("POST /e HTTP/1.1"), "nothing", "",
        combined(time="31/Feb/2026:10:00:00 +0000"),
    ]  # fmt: skip
    table = {row["Lines"]: number(row["Number"]) for row in show(log, "--max-unreadable", "2").table("How this report was made")}
    assert table.pop("all lines") == len(log) == sum(table.values())
    assert (table["page visits"], table["unreadable"], table["blank"], table["errors"], table["assets"]) == (1, 2, 1, 1, 1)


# What it rests on


def test_without_lists_nothing_is_verified_and_the_report_says_so(show, lines):
    page = show([str(line) for line in lines])
    assert page.tiles["spoofed requests, with an agent's name but not its address"] == ["?", "not checked: --ai-ranges-dir was not given"]
    assert "Verified" not in page.table("AI agents")[0]
    assert "Nothing was checked" in words_of(page, "Spoofed agents")
    assert "No visit is verified: a user agent is a claim that anybody can make." in words_of(page, "How this report was made")


def words_of(page, title):
    return " ".join("".join(page.sections[title].itertext()).split())


def test_old_lists_verify_nothing_and_are_told(show, lines, ranges, tmp_path):
    for name, text in RANGES.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (0, 0))
    page = show([str(line) for line in lines], "--ai-ranges-dir", tmp_path)
    assert {row["Verified"] for row in page.table("AI agents")} == {"-"}
    assert "2 lists of addresses are older than --ai-ranges-max-age-days and verified nothing." in page.text


def test_a_log_that_cannot_show_agents_or_answers_says_so(show):
    page = show([common()] * 3)
    assert "100.0% of the page visits have no user agent, so AI agents cannot be told." in page.text
    assert "No line has a referrer" in page.text
    assert "No line names an AI agent that is known." in words_of(page, "AI agents")


def test_agents_of_the_operators_own_file_are_known(show, tmp_path):
    file = tmp_path / "agents.json"
    file.write_text('[{"name":"Acme<Bot","operator":"A&B","purpose":"user"},{"name":"AcmeBot","operator":"A&B","purpose":"user"}]'.replace("Acme<Bot", "OldBot"))
    [row] = show([combined(agent="AcmeBot/2")], "--ai-agents-file", file).table("AI agents")
    assert (row["Agent"], row["Operator"], row["Purpose"]) == ("AcmeBot", "A&B", "User's question")


def test_every_known_agent_has_its_row(show):
    names = [row["name"] for row in AGENTS if " " not in row["name"]]
    page = show([combined(agent=f"Mozilla/5.0 (compatible; {name}/1.0)") for name in names])
    assert sorted(row["Agent"] for row in page.table("AI agents")) == sorted(names)


def test_the_address_that_trusted_proxies_report_counts(show, ranges):
    line = "203.0.113.5, 192.0.2.9, 198.51.100.200 - - " + combined(agent="GPTBot/1.0").partition(" - - ")[2]
    [row] = show([line], "--ai-ranges-dir", ranges, "--trusted-proxies", "198.51.100.200").table("AI agents")
    assert (row["Visits"], row["Verified"]) == ("1", "1")


def test_hosts_are_shown_where_a_log_has_several(show):
    log = [combined(host=f"{name}.example.com:443", agent="GPTBot/1.0") for name in ("WWW", "www", "docs")]
    page = show(log)
    assert [(row["Host"], row["Agents"]) for row in page.table("Hosts")] == [("www.example.com", "2"), ("docs.example.com", "1")]
    assert [row["Page"] for row in page.table("Pages that AI agents read most")] == ["www.example.com/docs", "docs.example.com/docs"]
    assert "Hosts" not in show(log[:1]).sections


# Strangers' texts


def test_markup_and_controls_in_a_log_stay_text(show, tool):
    path = "/" + HOSTILE.replace(" ", "%20").replace('"', '\\"')
    log = [
        combined(f"GET {path} HTTP/1.1", agent="GPTBot/1.0 " + HOSTILE.replace('"', ""), status=status, host=host)
        for status in ("200", "404") for host in ("a.example.com", "b.example.com")
    ]  # fmt: skip
    log.append(combined(f"GET {path} HTTP/1.1", referrer="https://chatgpt.com/" + HOSTILE.replace('"', "")))
    page = show(log)
    shown = HOSTILE.replace(" ", "%20").replace("\x1b", "\\u001B").replace("\u202e", "\\u202E").replace("\x9b", "\\u009B")
    assert page.table("Pages that AI agents read most")[0]["Page"] == "a.example.com/" + shown
    assert_harmless(page.text)
    result = tool.run("report", "-", input=log, COLUMNS="132")
    assert result.code == 0 and re.fullmatch(r"[ -~\n]*", result.output)
    assert "a.example.com/<script>alert(1)</script>" in result.output


def assert_harmless(text):
    """The page has no script, fetches nothing, and leads nowhere."""
    found = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.append((tag, dict(attributes)))

        handle_startendtag = handle_starttag

    Reader().feed(text)
    assert {"script", "link", "img", "iframe", "object", "embed", "base", "form"}.isdisjoint(tag for tag, _ in found)
    for _, attributes in found:
        assert {"src", "srcset", "style", "action"}.isdisjoint(attributes)
        assert not any(name.startswith("on") for name in attributes)
        assert attributes.get("href", "#").startswith("#")
    policies = [attributes["content"] for _, attributes in found if attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert re.search(r"url\(|@import|https?:", text) is None


def test_no_address_and_no_query_is_in_a_report(tool, lines, ranges):
    log = [str(line) for line in lines]
    assert any("secret" in line for line in log)
    for flags in ([], ["--html", "-"]):
        output = tool.run("report", "-", "--ai-ranges-dir", ranges, *flags, input=log).output
        assert "secret" not in output and "version=2" not in output
        assert re.search(r"\d+\.\d+\.\d+\.\d+", output) is None


def test_a_page_can_be_read_without_seeing_it(page):
    assert page.root.get("lang") == "en"
    for drawing in page.root.iter("svg"):
        if drawing.get("role") == "img":
            assert drawing.find(f"title[@id='{drawing.get('aria-labelledby')}']").text
        else:
            assert drawing.get("aria-hidden") == "true"
    for table in page.root.iter("table"):
        assert all(cell.get("scope") == "col" for cell in table.find("thead/tr"))
        assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in table.find("tbody"))
    identifiers = [element.get("id") for element in page.root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {f"#{name}" for name in identifiers} >= {link.get("href") for link in page.root.iter("a")}


# Bounds


def test_more_pages_than_are_held_leave_the_most_frequent_ones(show):
    strangers = [combined(f"GET /{number} HTTP/1.1", agent="GPTBot/1.0") for number in range(60_000)]
    often = [combined("GET /often HTTP/1.1", agent="GPTBot/1.0")] * 500
    page = show(strangers[:30_000] + often + strangers[30_000:])
    assert page.tiles["page visits by AI agents"][0] == "60,500"
    assert page.table("AI agents")[0]["Pages"] == "60,001"
    [first, *_] = page.table("Pages that AI agents read most")
    assert (first["Page"], first["Agents"]) == ("/often", "500")
    assert "There were more pages than are counted at once: each number may be too low, by at most 1." in page.text


def test_a_long_log_and_times_at_the_ends_of_the_calendar_are_counted_whole(show):
    def line(year, month, day, hour):
        return combined(agent="GPTBot/1.0", time=f"{day:02}/{month}/{year}:{hour:02}:00:00 +0000")

    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    log = [line(year, month, day, hour) for year in (2024, 2025, 2026) for month in months for day in range(1, 29) for hour in range(24)]
    for more in ([], [line("0000", "Jan", 1, 0), line("9999", "Dec", 31, 23)]):
        page = show(log + more)
        title = next(title for title in page.sections if title.startswith("Page visits by AI agents, "))
        chart = page.chart(title)
        assert len(chart) <= 92 and sum(row["Training"] for row in chart.values()) == len(log) + len(more)
        assert sum(row["Training"] for row in page.chart("Hours of the day").values()) == len(log) + len(more)


# The terminal


def test_a_terminals_report_has_the_same_numbers(tool, page, lines, ranges):
    result = tool.run("report", "-", "--ai-ranges-dir", ranges, input=[str(line) for line in lines], COLUMNS="132")
    for label, (headline, _) in page.tiles.items():
        assert re.search(rf"^ *{headline}  {re.escape(label)}$", result.output, re.MULTILINE)
    for row in page.table("AI agents"):
        assert re.search(rf"^{row['Agent']} .* {row['Visits']} +{row['Pages']} +{row['Verified']} ", result.output, re.MULTILINE)
    for path in LOST:
        assert re.search(rf"^{path.partition('?')[0]} .*[#=+*]+ +\d", result.output, re.MULTILINE)


@pytest.mark.parametrize("columns", [1, 40, 57, 80, 132, 500])
def test_no_line_is_longer_than_the_width(tool, lines, ranges, columns):
    log = [str(line) for line in lines] + [combined(f"GET /{'long/' * 60} HTTP/1.1", agent="GPTBot/1.0", status=404)] * 900
    result = tool.run("report", "-", "--ai-ranges-dir", ranges, input=log, COLUMNS=str(columns))
    longest = max(map(len, result.lines))
    assert longest <= min(max(columns, 40), 132)
    assert longest > min(columns, 132) - 8


@pytest.mark.parametrize(
    "environment, is_colored", [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)]
)
def test_a_terminal_is_filled_and_colored_unless_it_should_not_be(tool, tmp_path, environment, is_colored):
    log = tmp_path / "access.log"
    log.write_text("".join(str(line) + "\n" for line in generate(300)))
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 61, 0, 0))
    tool.environment = {"PATH": os.environ["PATH"], "TERM": "xterm"} | environment
    with tool.start("report", log, stdout=follower) as process:
        os.close(follower)
        output = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            output += piece
        process.communicate()
    os.close(leader)
    assert process.returncode == 0
    assert (b"\x1b[1m" in output) == is_colored and (b"\x1b" in output) == is_colored
    plain = re.sub(rb"\x1b\[\d+m", b"", output).decode().splitlines()
    assert 55 < max(map(len, plain)) <= 61


# Files


def test_several_logs_are_one_report(tool, tmp_path):
    (tmp_path / "one.log").write_text(combined(agent="GPTBot/1.0") + "\n")
    (tmp_path / "two.log.gz").write_bytes(gzip.compress(b"2026-11-24 10:00:00 nothing\n" + combined(agent="CCBot/2.0").encode() + b"\n"))
    for logs in ([tmp_path / "one.log", tmp_path / "two.log.gz"], [tmp_path], [f"{tmp_path}/*.log*"]):
        result = tool.run("report", *logs, COLUMNS="100")
        assert result.lines[0] == "AI agents and answers: one.log and 1 other log"
        assert re.search(r"^2  page visits by AI agents$", result.output, re.MULTILINE)
        assert "2 logs were read as combined." in " ".join(result.output.split())
        assert result.code == 1 and re.search(r"two.log.gz.*1: has no time", result.errors)


def test_a_page_is_written_whole_or_not_at_all(tool, tmp_path):
    log, target = tmp_path / "access.log", tmp_path / "report.html"
    log.write_text(combined(agent="GPTBot/1.0") + "\n")
    result = tool.run("report", log, "--html", target)
    assert (result.code, result.lines[0]) == (0, "1 page visits by AI agents")
    assert "GPTBot" in target.read_text() and stat.S_IMODE(target.stat().st_mode) == 0o600
    # A file that is there keeps its permissions, and a link leads to it.
    target.chmod(0o644)
    link = tmp_path / "link.html"
    link.symlink_to(target)
    log.write_text(combined(agent="ClaudeBot/1.0") + "\n")
    assert tool.run("report", log, "--html", link).code == 0
    assert "ClaudeBot" in target.read_text() and stat.S_IMODE(target.stat().st_mode) == 0o644 and link.is_symlink()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["access.log", "link.html", "report.html"]


def test_a_log_is_never_overwritten(tool, tmp_path):
    log, link, symbolic = (tmp_path / name for name in ("access.log", "hard.log", "symbolic.log"))
    log.write_text(combined() + "\n")
    os.link(log, link)
    symbolic.symlink_to(log)
    for target in (log, link, symbolic):
        result = tool.run("report", log, "--html", target)
        assert (result.code, result.output) == (2, "")
        assert "--html: is one of the logs; expected another file" in result.errors
    assert log.read_text() == combined() + "\n"


def test_a_page_replaces_only_an_earlier_report(tool, tmp_path):
    log, other = tmp_path / "access.log.1", tmp_path / "access.log"
    log.write_text(combined() + "\n")
    for text in ("x", combined() + "\n", "<!DOCTYPE html>\n<title>mine</title>\n"):
        other.write_text(text)
        # The page's name was forgotten.
        result = tool.run("report", "--html", other, log)
        assert (result.code, result.output, other.read_text()) == (2, "", text)
        assert "--html: found a file with other contents; expected a new one, or that of an earlier report" in result.errors
    other.write_text("")
    assert tool.run("report", "--html", other, log).code == 0 and other.read_text().endswith("</html>\n")
    assert "--html: expected the name of a file" in tool.run("report", "--html", "", log).errors
    result = tool.run("report", "--html", other, "--unreadable", other, log)
    assert result.code == 2 and "--html: found the file of --unreadable" in result.errors


def test_a_pipe_for_the_page_is_waited_for_until_a_signal(tool, tmp_path):
    log, path = tmp_path / "access.log", tmp_path / "fifo"
    log.write_text(combined() + "\n")
    os.mkfifo(path)
    with tool.start("report", log, "--html", path) as process:
        assert b"waiting for somebody to read it" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 2


@pytest.mark.parametrize("has_page", [False, True])
def test_an_interrupted_report_says_so_and_replaces_no_whole_one(tool, tmp_path, has_page):
    target = tmp_path / "report.html"
    with tool.start("report", "-", *(["--html", target] if has_page else [])) as process:
        process.stdin.write(("cut\n" + combined() + "\n").encode() * 5000)
        process.stdin.flush()
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        # Standard input stays open.
        process.wait(timeout=30)
        output, errors = process.stdout.read(), process.stderr.read()
    assert process.returncode == 3 and b"tpc-events: interrupted after line " in errors
    assert (b"! Interrupted after line " in output) == (not has_page) and not target.exists()


def test_what_cannot_be_written_is_told_before_the_log_is_read(tool, tmp_path):
    result = tool.run("report", "-", "--html", tmp_path / "none" / "report.html", input="nothing that can be read")
    assert result.code == 2 and "report.html: No such file or directory" in result.errors and "line 1" not in result.errors
    result = tool.run("report", "-", "--html", "/dev/full", input=[combined()])
    assert result.code == 2 and "cannot write /dev/full: No space left on device" in result.errors


def test_unreadable_lines_are_tolerated_kept_and_decide_on_the_exit_code(tool, tmp_path):
    log = [combined()] * 50 + ["cut"]
    kept = tmp_path / "unreadable.txt"
    result = tool.run("report", "-", "--unreadable", kept, input=log)
    assert result.code == 1 and kept.read_text().startswith("51\t") and kept.read_text().endswith("\tcut\n")
    assert tool.run("report", "-", "--max-unreadable", "2%", input=log).code == 0


def test_an_empty_log_is_reported_as_that(tool):
    result = tool.run("report", "-", input="")
    assert result.code == 0 and "No line has a time." in result.output
    assert tool.run("report", "-", "--html", "-", input="").code == 0


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "report takes access logs, folders or patterns, or - for standard input"),
        (["/nonexistent/file"], "cannot open /nonexistent/file: No such file or directory"),
        (["-", "--site", "example.com"], "--site: found no URL"),
        (["-", "--format", "xml"], "--format: found no format of that name"),
        (["-", "--ai-ranges-dir", "/none/of/these"], "ai_ranges_dir: the file: expected a folder that this process can read"),
        (["-", "--dry-run"], "--dry-run: means nothing for a report, which sends nothing"),
        (["-", "--page-types", "text/html"], "--page-types: means nothing for a log"),
    ],
)
def test_what_it_cannot_do_is_told(tool, arguments, words):
    result = tool.run("report", *arguments)
    assert (result.code, result.output) == (2, "") and words in result.errors


def test_the_page_about_the_command_line_shows_how_a_report_begins(tool):
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- test: report -->\n```\n(.*?)```", page, re.DOTALL)[1]
    assert tool.run("report", ROOT / "examples" / "access.log").output.startswith(shown)
