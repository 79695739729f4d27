"""What the modules for nginx and Apache share, as C programs that the tests compile."""

import json
import re
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support import header, paths

SHARED = paths.ROOT / "servers" / "common"
PROGRAMS = paths.ROOT / "Tests" / "servers" / "common" / "programs"
FLAGS = ["-std=gnu99", "-O2", "-g", "-Wall", "-Wextra", "-Werror", f"-I{paths.HEADER.parent}", f"-I{SHARED}"]
UNDEFINED = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
FIRST_HEADER = 16

# The modules' own numbers, which the library does not have.
OWN = {
    "errors": "tpc_visits_failed_total",
    "clientless": "tpc_visits_without_client_total",
    "lost": "tpc_events_lost_total",
    "workers": "tpc_workers",
    "slots": "tpc_worker_slots",
}


def compiled(name, folder, *flags):
    output = folder / name
    library = [f"-L{paths.LIBRARY.parent}", "-ltpc", f"-Wl,-rpath,{paths.LIBRARY.parent}"]
    subprocess.run(["cc", *FLAGS, *flags, PROGRAMS / f"{name}.c", *sorted(SHARED.glob("*.c")), "-o", output, *library], check=True)
    return output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def pieces(folder):
    """Calls one piece and returns the lines that the program printed."""
    program = compiled("pieces", folder, *UNDEFINED)

    def call(*arguments, **environment):
        variables = {"PATH": "/usr/bin:/bin", "ASAN_OPTIONS": "detect_leaks=0", **environment}
        done = subprocess.run([program, *arguments], capture_output=True, env=variables)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().splitlines()

    return call


@pytest.fixture(scope="module")
def counters(folder):
    return compiled("counters", folder)


def library_headers():
    names = re.search(r"The headers are (.*?); later", header.TEXT, re.DOTALL)[1].replace("*", " ")
    return re.findall(r"[a-z-]{2,}", names.replace(" and ", " "))


# ---- The texts of a request


def test_each_header_that_the_library_reads_is_found_in_any_case(pieces):
    names = library_headers()
    assert len(names) == 23 and "x-request-id" in names
    for change in (str.lower, str.upper, str.title):
        arguments = [text for name in names for text in (change(name), f"value of {name}")]
        count, *found = pieces("texts", *arguments)
        assert count == f"{FIRST_HEADER + len(names)} 0"
        assert found == ["0=GET", *(f"{FIRST_HEADER + i}=value of {name}" for i, name in enumerate(names))]


def test_headers_that_the_library_does_not_read_are_not_passed_on(pieces):
    others = "cookie authorization accept host user-agenu user_agent ser-agent user-agents dn r x-forwarded-porto".split()
    long = "user-agent" + "-" * 64  # as long as user-agent, modulo the table's size
    assert pieces("texts", *(text for name in [*others, long, ""] for text in (name, "secret")))[1:] == ["0=GET"]


def test_values_of_a_repeated_header_are_joined_in_their_order(pieces):
    sent = ["Forwarded", "for=192.0.2.1", "X-Real-IP", "", "forwarded", "for=192.0.2.2", "x-real-ip", "b", "FORWARDED", ""]
    assert pieces("texts", *sent) == ["39 2", "0=GET", "18=for=192.0.2.1, for=192.0.2.2, ", "30=, b"]


def test_a_header_that_is_sent_a_thousand_times_is_not_copied_a_thousand_times(pieces):
    first, *rest = pieces("texts", *["DNT", "1"] * 1000)
    assert first == "39 5"  # 256 bytes, and twice as many each time
    assert rest == ["0=GET", "36=" + ", ".join("1" * 1000)]


def test_a_repeated_header_without_memory_keeps_its_first_value(pieces):
    assert pieces("texts-without-memory", "DNT", "1", "DNT", "0") == ["out of memory", "39 0", "0=GET", "36=1"]


# ---- Options


@pytest.mark.parametrize(
    "name", ["log_descriptor", "name", "exit_timeout_ms", "sdk_name", "sdk_version", "sdk_runtime", "api_key_file"]
)
def test_an_option_that_the_module_sets_is_refused_with_a_reason(name, pieces):
    status, field, message = pieces("option", name, "1")
    assert (status, field) == ("TPC_ERROR_INVALID_OPTION", name)
    assert re.fullmatch(r"cannot be set in a web server: .{30,}[a-z]", message)


def test_other_options_are_the_librarys_own_matter(pieces):
    assert pieces("option", "max_in_flight", "7") == ["TPC_OK"]
    assert "did you mean request_timeout_ms?" in pieces("option", "request_timeout", "7")[2]
    assert pieces("option", "sample_rate", "a secret")[0] == "TPC_ERROR_INVALID_OPTION"


@pytest.mark.parametrize("content", [b"key", b"key\n", b"key\r\n", b"\xef\xbb\xbfkey\n", b"k" * 4096 + b"\r\n"])
def test_a_key_is_read_from_its_file(content, pieces, tmp_path):
    (tmp_path / "key").write_bytes(content)
    assert pieces("key-file", tmp_path / "key") == ["TPC_OK", "TPC_OK"]


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"secret\n\n", "control"),
        (b"k" * 5000, "4,096"),
        (None, "does not exist"),
        ("folder", "something other than a file"),
    ],
)
def test_a_file_without_a_key_is_refused_and_not_shown(content, expected, pieces, tmp_path):
    path = tmp_path / "key"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    status, field, message, made = pieces("key-file", path)
    assert (status, field, made) == ("TPC_ERROR_INVALID_OPTION", "api_key", "TPC_ERROR_INVALID_OPTION")
    assert expected in message and "secret" not in message


# ---- Properties


@pytest.fixture(scope="module")
def decimal_comma(folder):
    """The environment of a locale whose decimal point is a comma, which a server may have for all of its process."""
    (folder / "comma").write_text('LC_IDENTIFICATION\nEND LC_IDENTIFICATION\nLC_NUMERIC\ndecimal_point ","\nthousands_sep ""\n'
                                  "grouping -1\nEND LC_NUMERIC\n")
    subprocess.run(["localedef", "-c", "--no-archive", "-f", "UTF-8", "-i", folder / "comma", folder / "comma.UTF-8"],
                   capture_output=True)
    found = {"LOCPATH": str(folder), "LC_NUMERIC": "comma.UTF-8"}
    point = subprocess.run(["locale", "decimal_point"], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **found})
    assert point.stdout == ",\n", point
    return found


@pytest.mark.parametrize(
    "kind, value, expected",
    [
        ("string", "pro", "pro"),
        ("string", "naïve".encode(), "naïve"),
        ("string", "naïve".encode("latin-1"), "naïve"),
        ("number", "42", 42),
        ("number", "-0.5", -0.5),
        ("number", "6.02e23", 6.02e23),
        ("number", "9223372036854775807", 9223372036854775807),
        ("number", "92233720368547758070", 92233720368547758070.0),
        ("boolean", "on", True),
        ("boolean", "Yes", True),
        ("boolean", "1", True),
        ("boolean", "FALSE", False),
        ("boolean", "0", False),
    ],
)
def test_a_text_becomes_a_property_of_its_type(kind, value, expected, pieces, decimal_comma):
    status, event = pieces("property", kind, value, **decimal_comma)
    found = json.loads(event)["properties"]["key"]
    assert status == "TPC_OK" and found == expected and isinstance(found, type(expected))


@pytest.mark.parametrize(
    "kind, values",
    [
        ("string", [""]),
        ("number", ["", "-", "1.", ".5", "01", "1e", "0x10", "nan", "inf", "1e999", " 1", "1 ", "1,5", "1" * 64]),
        ("boolean", ["", "2", "tru", "enabled", "01"]),
    ],
)
def test_a_value_that_is_not_of_its_type_is_left_out(kind, values, pieces):
    for value in values:
        status, event = pieces("property", kind, value)
        assert status == "TPC_OK" and "properties" not in json.loads(event), value


def test_a_type_that_does_not_exist_has_no_number(pieces):
    assert "key" in json.loads(pieces("property", "text", "x")[1])["properties"]  # -1: not one of the types


# ---- The status


def documented():
    page = (paths.ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(tpc_\w+)` \| (?:`[\w.]+` \| )?(counter|gauge) \| (.*?) \|$", page, re.MULTILINE)


def stats_members():
    body = header.TEXT[header.TEXT.index("typedef struct tpc_stats") : header.TEXT.index("} tpc_stats;")]
    return re.findall(r"uint64_t (\w+);", body)[1:]


def test_prometheus_gets_the_documented_metrics(pieces):
    found = {}
    for family in text_string_to_metric_families("\n".join(pieces("status", "prometheus", "position")) + "\n"):
        (sample,) = family.samples
        found[sample.name] = (sample.name, family.type, family.documentation, sample.value)
    assert [found[name][:3] for name in found] == documented()
    assert list(found)[-len(OWN) :] == list(OWN.values())
    # Each number is its member's: the first word of the totals is the size of tpc_stats.
    assert [found[name][3] for name in found] == list(range(1, len(found) + 1))


def test_json_has_the_names_of_the_statistics(pieces):
    (text,) = pieces("status", "json", "position")
    assert json.loads(text) == {name: i for i, name in enumerate([*stats_members(), *OWN], 1)}


@pytest.mark.parametrize("format", ["json", "prometheus"])
def test_the_largest_numbers_are_written_whole(format, pieces):
    text = "\n".join(pieces("status", format, "large"))
    assert text.count(str(2**64 - 1)) == len(stats_members()) + len(OWN) and "\0" not in text


# ---- The workers' counters


@pytest.mark.parametrize(
    "what, workers",
    [
        pytest.param("kills", 300, id="killed at any moment: what was published is in the sum, once, and complete"),
        pytest.param("crowd", 300, id="more workers than slots, half of them killed: each is counted once"),
        pytest.param("ends", 0, id="gauges are those of the living; what a dead worker's spool holds is not lost"),
        pytest.param("identity", 0, id="a zombie is dead, and so is a process whose id another one has"),
        pytest.param("memory", 0, id="a reload keeps the counters; memory of another layout is refused"),
    ],
)
def test_the_counters_survive_their_workers(what, workers, counters):
    done = subprocess.run([counters, what, str(workers)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
