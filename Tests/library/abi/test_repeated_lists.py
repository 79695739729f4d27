"""Lists that the bindings and the library both have: where a binding cannot ask the library, its list is compared here."""

import re

import pytest
from support import header
from support.paths import ROOT

from . import fields
from .test_web_requests import request_headers

BINDINGS = ROOT / "bindings"
PYTHON, NODE, PHP = (BINDINGS / name for name in ("python/tpc", "node", "php/src"))
SOURCES = [
    path
    for path in BINDINGS.rglob("*")
    if path.suffix in {".py", ".js", ".mjs", ".ts", ".mts", ".c", ".h", ".php"} and path.name != "tpc.ffi.h"
]
POINTERS = [field.pointer for field in fields.FIELDS]


def text_of(path):
    return path.read_text(encoding="utf-8")


def quoted(text):
    return re.findall(r"""["'](\w+)["']""", text)


def between(path, start, end):
    """The text from `start` to the next `end`. Both are regular expressions."""
    return re.search(rf"{start}(.*?){end}", text_of(path), flags=re.DOTALL)[1]


def cases_in_swift(path, enum):
    """The names of an enum's cases in the module TPC, in quotes: their raw values."""
    body = between(ROOT / "Sources/TPC" / path, rf"public enum {enum}\b", r"\n *\}\n")
    return " ".join(f'"{value or name}"' for name, value in re.findall(r'^ *case (\w+)(?: = "(\w+)")?', body, flags=re.MULTILINE))


def names_in_the_core(enum):
    """The names that an enum of the core has for its cases."""
    [body] = re.findall(
        rf"package enum {enum}\b.*?var name: StaticString \{{(.*?)\n *\}}\n",
        "\n".join(text_of(path) for path in sorted((ROOT / "Sources/TPCCore").rglob("*.swift"))),
        flags=re.DOTALL,
    )
    names = quoted(body)
    assert len(names) > 1
    return sorted(names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BINDINGS)))
def test_no_binding_repeats_the_list_of_request_headers(path):
    """An example may name one or two."""
    text = text_of(path)
    assert len([name for name in request_headers() if re.search(rf"(?<![\w-]){name}(?![\w-])", text)]) <= 2


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BINDINGS)))
def test_every_constant_that_a_binding_names_is_in_the_header(path):
    found = set(re.findall(r"\bTPC_(?:OK|ERROR|OUTCOME|FIELD)_?\w*\b", text_of(path)))
    assert {name for name in found if not name.endswith("_")} <= {*header.DECLARATIONS.constants, "TPC_ERROR_UNKNOWN"}


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        (PYTHON / "_reports.py", r'c\.TPC_OUTCOME_(\w+): "(\w+)"'),
        (NODE / "src/reports.c", r'case TPC_OUTCOME_(\w+): return "(\w+)"'),
        (PHP / "Report.php", r"TPC_OUTCOME_(\w+) => '(\w+)'"),
    ],
    ids=["Python", "Node", "PHP"],
)
def test_every_outcome_has_the_header_s_name_in_lower_case(path, pattern):
    outcomes = [name for name in header.DECLARATIONS.constants if name.startswith("TPC_OUTCOME_")]
    pairs = re.findall(pattern, text_of(path))
    assert [f"TPC_OUTCOME_{name}" for name, _ in pairs] == outcomes
    assert all(text == name.lower() for name, text in pairs)


@pytest.mark.parametrize(
    "text",
    [
        between(PYTHON / "_reports.py", "class Report", "event_id"),
        between(NODE / "lib/index.d.ts", r"\n  outcome: ", ";"),
        between(PHP / "Report.php", r"@param string \$outcome ", "\n"),
        cases_in_swift("Client/DeliveryReport.swift", "Outcome"),
    ],
    ids=["Python", "Node", "PHP", "Swift"],
)
def test_every_binding_documents_every_outcome(text):
    outcomes = [name for name in header.DECLARATIONS.constants if name.startswith("TPC_OUTCOME_")]
    assert [f"TPC_OUTCOME_{name.upper()}" for name in quoted(text)] == outcomes


@pytest.mark.parametrize(
    "text",
    [
        between(ROOT / "include/tpc.h", "otherwise the name of the rule", "The call returns"),
        between(PYTHON / "_client.py", "otherwise the name of the rule", "Raises"),
        between(NODE / "lib/visits.d.ts", "export type LeftOut =", ";"),
        between(PHP / "Client.php", "else the name of the rule", "@throws"),
        cases_in_swift("Request/LeftOut.swift", "LeftOut"),
    ],
    ids=["C", "Python", "Node", "PHP", "Swift"],
)
def test_every_binding_documents_every_rule_that_leaves_a_request_out(text):
    assert sorted(quoted(text)) == names_in_the_core("LeftOut")


@pytest.mark.parametrize(
    "text",
    [
        between(ROOT / "include/tpc.h", r"\*purpose is", r"\*/"),
        between(PYTHON / "_agents.py", "purpose: str", "\n"),
        between(NODE / "lib/index.d.ts", "purpose: ", ";"),
        between(PHP / "AiAgent.php", r"@param string \$purpose ", "\n"),
        cases_in_swift("Agents/AIAgent.swift", "Purpose"),
    ],
    ids=["C", "Python", "Node", "PHP", "Swift"],
)
def test_every_binding_documents_every_purpose_of_an_agent(text):
    assert sorted(quoted(text)) == names_in_the_core("Purpose")


@pytest.mark.parametrize(
    "text",
    [
        between(ROOT / "include/tpc.h", r"\*evidence is", r"\. Ask"),
        between(PYTHON / "_agents.py", "evidence: str", r"\("),
        between(NODE / "lib/index.d.ts", "evidence: ", ";"),
        between(PHP / "AiAnswer.php", r"@param string \$evidence ", r"\("),
        cases_in_swift("Agents/AIAgent.swift", "Evidence"),
    ],
    ids=["C", "Python", "Node", "PHP", "Swift"],
)
def test_every_binding_documents_every_evidence_of_an_answer(text):
    assert sorted(quoted(text)) == names_in_the_core("Evidence")


def test_python_has_every_field_of_an_event():
    positions = re.findall(r"= _at\((.*)\)", text_of(PYTHON / "_visit.py"))
    given = {"/" + "/".join(quoted(position)) for position in positions}
    assert given == {*POINTERS, "/properties"} - {"/event"}


def test_node_passes_the_fields_of_an_event_in_the_header_s_order():
    members = between(NODE / "lib/event-fields.js", r"const list = \[\n    handle,\n", r"\n  \];")
    assert re.findall(r"^ +(\w+)", members, flags=re.MULTILINE) == [pointer.split("/")[-1] for pointer in POINTERS]


def test_php_knows_which_members_of_an_event_are_objects():
    parents = {pointer.split("/")[1] for pointer in POINTERS if pointer.count("/") == 2}
    assert set(quoted(between(PHP / "Json.php", "const OBJECTS = ", ";"))) == {*parents, "properties"}


def test_php_gives_its_own_errors_the_header_s_numbers():
    texts = [text_of(path) for path in sorted(PHP.rglob("*.php"))]
    pairs = re.findall(r"'(TPC_ERROR_\w+)',(?:[^;']|'[^']*')*?\s(-\d+)[,)]", "\n".join(texts))
    assert len(pairs) >= 2
    assert all(header.DECLARATIONS.constants[name] == int(number) for name, number in pairs)


def test_every_binding_names_the_same_debian_packages():
    named = [
        set(re.findall(r"""["'](lib(?:curl|jansson)\d)["']""", text_of(path)))
        for path in (PYTHON / "_library.py", NODE / "lib/addon.js", PHP / "Library.php")
    ]
    assert named == [{"libcurl4", "libjansson4"}] * 3


def test_the_counters_of_the_core_are_those_of_the_header_in_the_same_order():
    """tpc_client_stats copies them as one block."""
    body = between(ROOT / "Sources/TPCCore/Delivery/Statistics.swift", r"struct Statistics\b", r"package init")
    names = re.findall(r"^ *package internal\(set\) var (\w+): UInt64 = 0$", body, flags=re.MULTILINE)
    assert len(names) == body.count(" var ")
    in_c = [re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name) for name in names]
    assert ["size", *in_c] == [name for name, _ in header.DECLARATIONS.structs["tpc_stats"]._fields_]
