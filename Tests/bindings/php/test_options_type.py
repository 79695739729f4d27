"""The type of the options, which editors and PHPStan read, against the library's own table."""

import re

from library.abi import option_table
from support.paths import ROOT

SOURCES = ROOT / "bindings/php/src"
# Texts that are several values with commas between them.
LISTS = {"trusted_proxies", "include_paths", "exclude_paths", "page_types", "redact_query"}


def expected(option):
    if option.is_range:
        kind = "int"
    elif option.is_choice:
        kind = "|".join(f"'{value}'" for value in option.kind.split("|"))
    else:
        text = "string|list<string>" if option.name in LISTS else "string"
        kind = {option_table.BOOLEAN: "bool", option_table.RATIO: "int|float"}.get(option.kind, text)
    return f"     {option.name}?: {kind}|null,"


def test_every_option_has_its_type():
    text = (SOURCES / "Options.php").read_text()
    shape = re.search(r"@phpstan-type TpcOptions array\{\n(.*?) \* \}", text, re.DOTALL)[1]
    assert [line.removeprefix(" *") for line in shape.splitlines()] == [expected(option) for option in option_table.in_the_source()]


def test_whoever_takes_options_names_their_type():
    for path in SOURCES.rglob("*.php"):
        text = path.read_text()
        if path.parent.name in ("Laravel", "Symfony", "Psr15"):
            continue  # these pass on what their framework's configuration has
        assert "@param array<string, scalar" not in text, path
        if "@param TpcOptions" in text or "@return TpcOptions" in text:
            assert "@phpstan-import-type TpcOptions from Options" in text, path
