# SPDX-License-Identifier: Apache-2.0
"""What a user sees of the module TPC: its names, their comments and examples, and nothing of the core."""

import re

from library.abi.option_table import OPTIONS
from support import swift_examples, swift_programs
from support.paths import ROOT

from . import symbols

CONSUMER = swift_programs.CONSUMER[0]
# Has an example: what a user makes or calls.
SHOWN = {"swift.struct", "swift.class", "swift.enum", "swift.init", "swift.method", "swift.type.method"}

# Names of the core, none of which a user may see.
HIDDEN = [
    "_ = Options()", "_ = Client.self", "_ = PageVisit()", "_ = Failure.self", "_ = ByteBuffer()", "_ = URI.self",
    "_ = ClientTable.capacity", "CurlGate.close()", "_ = TPCCore.Client.self", "_ = TPCCore.Options()",
    "_ = try Configuration().options()", "_ = Secret(\"\").text",
]  # fmt: skip
# What the compiler refuses of the scenarios' calls, and what it says.
UNTYPED = {
    '_ = WebRequest(method: 1, target: "/")': "cannot convert value of type 'Int'",
    '_ = WebRequest(method: "GET")': "missing argument for parameter 'target'",
    '_ = WebRequest(method: nil, target: "/")': "'nil' is not compatible with expected argument type 'String'",
    '_ = Visit(properties: ["tags": ["a"]])': "cannot convert",
    "_ = try visits.flush(timeout: .seconds(1))": "is not marked with 'await'",
}


def name(symbol):
    return ".".join(symbol["pathComponents"])


def comment(symbol):
    """The lines of the declaration's own comment; none if it has none or only inherits one."""
    found = symbol.get("docComment", {})
    return [line["text"] for line in found.get("lines", [])] if found.get("module", "TPC") == "TPC" else []


def test_the_public_names_are_those_of_the_list(graph):
    assert graph.lines() == symbols.NAMES.read_text(encoding="utf-8").splitlines()


def test_every_public_declaration_has_a_comment(graph):
    assert [name(symbol) for symbol in graph.own if not any(comment(symbol))] == []


def test_every_public_type_initializer_and_method_has_an_example(graph):
    shown = [symbol for symbol in graph.own if symbol["kind"]["identifier"] in SHOWN]
    assert len(shown) > 50
    assert [name(symbol) for symbol in shown if "```swift" not in comment(symbol)] == []


def test_the_consumer_uses_every_public_name(graph):
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((CONSUMER / "Sources/consumer").glob("*.swift")))
    words = set(re.findall(r"\w+", text))
    # The compiler calls these: for literals, for print, for Codable, for comparisons and for loops.
    implicit = {"init", "description", "customMirror", "encode", "==", "hash", "makeAsyncIterator"}
    # Of an enumeration, `allCases` is used.
    names = {symbol["pathComponents"][-1].split("(")[0] for symbol in graph.own if symbol["kind"]["identifier"] != "swift.enum.case"}
    assert names - implicit - words == set()


def test_a_configuration_has_a_property_for_each_option_and_no_other(graph):
    properties = graph.members("Configuration") - {"description", "debugDescription", "customMirror"}
    assert {word.lower() for word in properties} == {option.name.removesuffix("_ms").replace("_", "") for option in OPTIONS}


def test_nothing_of_the_core_is_visible_to_a_user(tmp_path):
    said = refusals(tmp_path, "import TPC\nimport TPCCore", HIDDEN)
    assert [line for line, text in said.items() if not re.search(r"cannot find|no type named|has no member|inaccessible", text)] == []


def test_what_the_scenarios_leave_out_does_not_compile(tmp_path):
    said = refusals(tmp_path, "import TPC", list(UNTYPED))
    assert {line: text for line, text in said.items() if UNTYPED[line] not in text} == {}


def refusals(folder, imports, lines):
    """What the compiler says about each of these lines, by the line."""
    functions = [f"func user{number}(visits: PageVisits) async throws {{ {line} }}" for number, line in enumerate(lines)]
    file = folder / "User.swift"
    file.write_text("\n".join([*imports.splitlines(), *functions]) + "\n", encoding="utf-8")
    said = swift_examples.checked([file])
    before = len(imports.splitlines())
    errors = [re.findall(rf"User\.swift:{before + number + 1}:\d+: error: (.*)", said) for number in range(len(lines))]
    return dict(zip(lines, map("; ".join, errors)))


def test_every_example_of_a_doc_comment_compiles_without_a_warning(tmp_path):
    examples = [one for one in swift_examples.examples(ROOT / "Sources/TPC") if not one.trait]
    assert len(examples) > 90
    assert swift_examples.checked(swift_examples.write(examples, tmp_path)) == ""


def test_an_example_that_does_not_compile_is_named_by_its_file_and_line(tmp_path):
    source = tmp_path / "Source.swift"
    source.write_text("/// A thing.\n///\n/// ```swift\n/// try visits.track(visit)\n/// try visits.trak(visit)\n/// ```\nstruct A {}\n")
    files = swift_examples.write(swift_examples.examples(tmp_path), tmp_path)
    assert f"{source}:5:12: error: value of type 'PageVisits' has no member 'trak'" in swift_examples.checked(files)
