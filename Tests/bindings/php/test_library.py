"""Where the shared library is looked for, and the error when it is not found."""

import re
import shutil

from support.paths import HEADER, LIBRARY

from . import package

VERSION = "<?php require '{package}/autoload.php'; echo Tpc\\Library::functions()->tpc_version_string();"


def run(built, folder, check=True, **variables):
    text = VERSION.format(package=built)
    return package.run_script(text, folder=folder, variables=package.environment(**variables), check=check)


def copy_of(built, folder):
    return shutil.copytree(built, folder / "tpc-events")


def test_the_declarations_are_the_headers_body(built):
    text = HEADER.read_text()
    body = text[text.index("/* BEGIN FFI") : text.index("/* END FFI")]
    without_comments = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    assert (built / "tpc.ffi.h").read_text().split() == without_comments.split()


def test_the_version_is_the_librarys(built, tmp_path):
    text = f"<?php require '{built}/autoload.php'; echo Tpc\\Client::VERSION;"
    assert package.run_script(text, folder=tmp_path, variables=package.environment()).stdout == package.VERSION
    assert f'"version": "{package.VERSION}"' in (built / "composer.json").read_text()
    assert f" * Version: {package.VERSION}\n" in (built / "wordpress/tpc-events.php").read_text()


def test_the_library_inside_the_package_is_used(built, tmp_path):
    assert run(copy_of(built, tmp_path), tmp_path).stdout == package.VERSION


def test_tpc_library_names_another_one(built, tmp_path):
    without = copy_of(built, tmp_path)
    shutil.rmtree(without / "lib")
    assert run(without, tmp_path, TPC_LIBRARY=str(LIBRARY)).stdout == package.VERSION


def test_the_systems_library_is_used_where_the_package_has_none(built, tmp_path):
    without = copy_of(built, tmp_path)
    shutil.rmtree(without / "lib")
    assert run(without, tmp_path, LD_LIBRARY_PATH=str(LIBRARY.parent)).stdout == package.VERSION


def test_the_error_lists_every_place_that_was_tried(built, tmp_path):
    without = copy_of(built, tmp_path)
    shutil.rmtree(without / "lib")
    error = run(without, tmp_path, check=False).stderr + run(without, tmp_path, check=False).stdout
    assert f"{without}/lib/libtpc.so.0 (bundled)" in error
    assert "libtpc.so.0 (system)" in error
    assert "apt-get" not in error


def test_the_error_names_the_package_of_a_library_below_that_does_not_load(built, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "libjansson.so.4").write_text("no library")
    result = run(built, tmp_path, check=False, LD_LIBRARY_PATH=str(broken))
    assert "libjansson.so.4 does not load: apt-get install libjansson4" in result.stdout + result.stderr
    assert "libcurl4" not in result.stdout + result.stderr


def test_the_header_for_preloading_names_the_library_that_loads(built):
    lines = package.output_of(["php", built / "bin/tpc-ffi-header"], environment=package.environment()).decode()
    assert lines.startswith(f'#define FFI_SCOPE "TPC"\n#define FFI_LIB "{built}/lib/libtpc.so.0"\n')


def test_a_preloaded_header_of_another_version_is_named(built, tmp_path):
    printed = package.output_of(["php", built / "bin/tpc-ffi-header"], environment=package.environment()).decode()
    for name, text in {
        "as it was before its length was in it": re.sub(r"enum \{ TPC_DECLARATIONS_LENGTH.*\n", "", printed),
        "of another length": re.sub(r"LENGTH = (\d+)", r"LENGTH = 1\1", printed),
    }.items():
        header = tmp_path / "tpc.ffi.h"
        header.write_text(text)
        result = package.run_script(
            VERSION.format(package=built), "-d", f"ffi.preload={header}", folder=tmp_path, variables=package.environment(),
            check=False,
        )  # fmt: skip
        reason = "the header that ffi.preload names is of another version of this package; expected the one that tpc-ffi-header"
        assert reason in result.stdout + result.stderr, name
