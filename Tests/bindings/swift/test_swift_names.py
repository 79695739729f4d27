# SPDX-License-Identifier: Apache-2.0
"""What a user sees of the module TPC: its names, their comments and examples, and nothing of the core."""

import re

import pytest

from library.abi.option_table import OPTIONS
from support import swift_examples, swift_programs
from support.paths import ROOT

from . import symbols

CONSUMER = swift_programs.CONSUMER[0]
# Has an example: what a user makes or calls.
SHOWN = {"swift.struct", "swift.class", "swift.enum", "swift.init", "swift.method", "swift.type.method"}


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
    # The compiler calls these: for literals, for print, for Codable and for loops.
    implicit = {"init", "description", "customMirror", "encode", "makeAsyncIterator"}
    # Of an enumeration, `allCases` is used.
    names = {symbol["pathComponents"][-1].split("(")[0] for symbol in graph.own if symbol["kind"]["identifier"] != "swift.enum.case"}
    assert names - implicit - words == set()


def test_a_configuration_has_a_property_for_each_option_and_no_other(graph):
    properties = graph.members("Configuration") - {"description", "debugDescription", "customMirror"}
    assert {word.lower() for word in properties} == {option.name.removesuffix("_ms").replace("_", "") for option in OPTIONS}


@pytest.mark.parametrize("line", [
    "let value: Options? = nil", "let value: Client? = nil", "let value: PageVisit? = nil", "let value: Failure? = nil",
    "let value: ByteBuffer? = nil", "let value: URI? = nil", "let value = ClientTable.capacity", "let value = CurlGate.close()",
    "let value = TPCCore.Client.self", "let value = Configuration().options()", "let value = Secret(\"\").text",
])  # fmt: skip
def test_nothing_of_the_core_is_visible_to_a_user(line, tmp_path):
    file = tmp_path / "User.swift"
    file.write_text(f"import TPC\nimport TPCCore\n\nfunc user() throws {{\n  {line}\n  _ = value\n}}\n", encoding="utf-8")
    said = swift_examples.checked([file])
    assert re.search(r"cannot find|no type named|has no member|is inaccessible", said), said


@pytest.mark.parametrize("line, said", [
    ("_ = WebRequest(method: 1, target: \"/\")", "cannot convert value of type 'Int'"),
    ("_ = WebRequest(method: \"GET\")", "missing argument for parameter 'target'"),
    ("_ = WebRequest(method: nil, target: \"/\")", "'nil' is not compatible with expected argument type 'String'"),
    ("_ = Visit(properties: [\"tags\": [\"a\"]])", "cannot convert"),
    ("try visits.flush(timeout: .seconds(1))", "is not marked with 'await'"),
])  # fmt: skip
def test_what_the_scenarios_leave_out_does_not_compile(line, said, tmp_path):
    file = tmp_path / "User.swift"
    file.write_text(f"import TPC\n\nfunc user(visits: PageVisits) async throws {{\n  {line}\n}}\n", encoding="utf-8")
    assert said in swift_examples.checked([file])


def test_every_example_of_a_doc_comment_compiles_without_a_warning(tmp_path):
    examples = [one for one in swift_examples.examples(ROOT / "Sources/TPC") if not one.trait]
    assert len(examples) > 90
    assert swift_examples.checked(swift_examples.write(examples, tmp_path)) == ""


def test_an_example_that_does_not_compile_is_named_by_its_file_and_line(tmp_path):
    source = tmp_path / "Source.swift"
    source.write_text("/// A thing.\n///\n/// ```swift\n/// try visits.track(visit)\n/// try visits.trak(visit)\n/// ```\nstruct A {}\n")
    files = swift_examples.write(swift_examples.examples(tmp_path), tmp_path)
    assert f"{source}:5:12: error: value of type 'PageVisits' has no member 'trak'" in swift_examples.checked(files)
