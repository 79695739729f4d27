"""PHP 8.1 to 8.4: the sources have nothing that 8.1 does not know, and nothing that 8.4 deprecates."""

import pathlib

from support.paths import ROOT

from . import package

CHECK = pathlib.Path(__file__).parent / "sites/versions.php"
PACKAGE = ROOT / "bindings/php"
TOO_NEW = r"""<?php
readonly class A { }
trait B { const C = 1; }
function d((E&F)|null $g): true { return json_validate('{}'); }
function h(I $j = null) { return FFI::new('int') . uniqid(); }
"""


def found(*files):
    return package.output_of(["php", CHECK, *files]).decode()


def test_the_sources_run_on_every_version_from_8_1_to_8_4():
    files = [*(PACKAGE / "src").rglob("*.php"), *PACKAGE.glob("*.php"), *(PACKAGE / "wordpress").glob("*.php")]
    assert len(files) > 20
    assert found(*files) == ""


def test_the_check_finds_what_is_too_new_or_too_old(tmp_path):
    file = tmp_path / "too_new.php"
    file.write_text(TOO_NEW)
    assert sorted(line.partition(", ")[2] for line in found(file).splitlines()) == [
        "line 2: a read-only class",
        "line 3: a constant in a trait",
        "line 4: a newer or deprecated name",
        "line 4: a type with both | and &",
        "line 4: true, false or null as a type of its own",
        "line 5: a newer or deprecated name",
        "line 5: a parameter that is null by default, but not by type",
        "line 5: a static call of FFI that is deprecated",
    ]
