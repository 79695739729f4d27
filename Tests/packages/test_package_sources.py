# SPDX-License-Identifier: Apache-2.0
"""The table of sources for the self-contained library, and the program that reads it. Nothing is built here."""

import hashlib
import json
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPES = ROOT / "packaging" / "self-contained"
sys.path.insert(0, str(RECIPES))

import sources  # noqa: E402

# SPDX's names for licences under which these may be in a package beside Apache-2.0.
LICENCES = {"Apache-2.0", "BSD-3-Clause", "MIT", "Zlib", "curl"}
TABLE = json.loads((RECIPES / "sources.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("source", TABLE["sources"], ids=lambda source: source["name"])
def test_a_row_says_version_checksums_and_licence(source):
    assert source["licence"] in LICENCES and source["licence_file"]
    assert set(source["parts"]) <= {"library", "tool"} and "tool" in source["parts"]
    assert re.fullmatch(r"pool/(updates/)?main/\w+/" + source["name"], source["folder"])
    upstream = source["version"].partition(":")[2] or source["version"]
    names = set(source["files"])
    assert f"{source['name']}_{upstream}.dsc" in names and f"{source['name']}_{upstream}.debian.tar.xz" in names
    assert any(".orig.tar." in name for name in names) and all(re.fullmatch("[0-9a-f]{64}", value) for value in source["files"].values())


def test_the_makefile_unpacks_every_row():
    names = re.search(r"^PACKAGE_SOURCES +:= (.+)$", (RECIPES / "self-contained.mk").read_text(), re.M)[1].split()
    assert names == [source["name"] for source in TABLE["sources"]]


def test_the_table_has_the_compiler_that_is_installed_and_its_parts_licences():
    installed = re.search(r"^ziglang==(\S+)", (RECIPES / "requirements.txt").read_text(), re.M)[1]
    assert {part["name"]: part["version"] for part in TABLE["compiler"]}["zig"] == installed
    assert all(part["licence"] in LICENCES and part["parts"] for part in TABLE["compiler"])


def test_the_table_names_its_suite_and_the_reason_for_it():
    assert TABLE["suite"] == "trixie" and "security" in TABLE["reason"]


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A mirror with one source package, its table, and a cache. The package has a patch of Debian's."""
    tree = tmp_path / "sample-1.0"
    (tree / "debian/source").mkdir(parents=True)
    (tree / "answer.txt").write_text("41\n")
    (tree / "LICENCE").write_text("Do as you like.\n")
    subprocess.run(["tar", "-C", tmp_path, "-czf", tmp_path / "sample_1.0.orig.tar.gz", "--exclude=debian", "sample-1.0"], check=True)
    (tree / "debian/source/format").write_text("3.0 (quilt)\n")
    (tree / "debian/control").write_text("Source: sample\nMaintainer: A <a@example.com>\nStandards-Version: 4.6.2\n\nPackage: sample\nArchitecture: all\nDescription: x\n")
    (tree / "debian/changelog").write_text("sample (1.0-1) unstable; urgency=low\n\n  * x\n\n -- A <a@example.com>  Thu, 01 Jan 2026 00:00:00 +0000\n")
    (tree / "debian/patches").mkdir()
    (tree / "debian/patches/series").write_text("answer\n")
    (tree / "debian/patches/answer").write_text("--- a/answer.txt\n+++ b/answer.txt\n@@ -1 +1 @@\n-41\n+42\n")
    subprocess.run(["dpkg-source", "-b", "sample-1.0"], cwd=tmp_path, check=True, capture_output=True)
    pool = tmp_path / "mirror/pool/main/s/sample"
    pool.mkdir(parents=True)
    files = {}
    for path in tmp_path.glob("sample_1.0*"):
        path.rename(pool / path.name)
        files[path.name] = hashlib.sha256((pool / path.name).read_bytes()).hexdigest()
    row = {"name": "sample", "version": "1.0-1", "folder": "pool/main/s/sample", "licence_file": "LICENCE", "files": files}
    table = tmp_path / "table.json"
    table.write_text(json.dumps({"suite": "none", "sources": [row], "compiler": []}))
    monkeypatch.setattr(sources, "TABLE", table)
    monkeypatch.setattr(sources, "mirrors", lambda: (f"file:{tmp_path}/elsewhere", f"file:{tmp_path}/mirror"))
    return pool, tmp_path / "cache"


def test_a_source_is_unpacked_with_debians_patches(mirror):
    _, cache = mirror
    sources.unpack(cache, ["sample"])
    assert (cache / "sources/sample/answer.txt").read_text() == "42\n"
    sources.licences(cache, cache / "licences")
    assert (cache / "licences/sample.txt").read_text() == "Do as you like.\n"


def test_what_is_unpacked_already_needs_no_mirror(mirror):
    pool, cache = mirror
    sources.unpack(cache, ["sample"])
    before = (cache / "sources/unpacked").stat().st_mtime_ns
    for path in pool.iterdir():
        path.unlink()
    sources.unpack(cache, ["sample"])
    assert (cache / "sources/unpacked").stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes() + b"x")], ids=["gone", "changed"])
def test_a_file_that_is_gone_or_another_is_named_with_what_to_do(mirror, damage):
    pool, cache = mirror
    damage(pool / "sample_1.0.orig.tar.gz")
    with pytest.raises(SystemExit, match=r"sample_1\.0\.orig\.tar\.gz: .*make renew-sources"):
        sources.unpack(cache, ["sample"])
    assert not (cache / "sources/sample").exists()


def test_libcurl_is_configured_for_http_alone():
    """Every protocol and feature that curl lets one leave out is left out, except what a client of HTTPS needs."""
    configuration = (RECIPES / "curl/curl_config.h").read_text()
    disabled = set(re.findall(r"^#define CURL_DISABLE_(\w+) 1$", configuration, re.M))
    protocols = {"DICT", "FILE", "FTP", "GOPHER", "IMAP", "LDAP", "LDAPS", "MQTT", "POP3", "RTSP", "SMB", "SMTP", "TELNET", "TFTP", "WEBSOCKETS"}
    assert protocols <= disabled and not {"HTTP", "PROXY", "VERBOSE_STRINGS"} & disabled


def test_the_sizes_in_curls_configuration_are_those_of_this_machine(tmp_path):
    program = tmp_path / "sizes.c"
    checks = {"INT": "int", "LONG": "long", "OFF_T": "off_t", "SIZE_T": "size_t", "TIME_T": "time_t", "CURL_OFF_T": "long", "CURL_SOCKET_T": "int"}
    lines = ["#include <sys/types.h>", "#include <time.h>", '#include "curl_config.h"']
    lines += [f'_Static_assert(sizeof({kind}) == SIZEOF_{name}, "{kind}");' for name, kind in checks.items()]
    program.write_text("\n".join(lines) + "\n")
    subprocess.run(["cc", "-fsyntax-only", f"-I{RECIPES / 'curl'}", program], check=True)


def test_what_the_library_looks_up_in_libcrypto_is_there():
    """By its exact name: a weak one that is spelled otherwise would be missing without a word."""
    wanted = set()
    for shim in ("crypto_shim.h", "curl_shim.h"):
        text = (ROOT / "Sources/CTPCCurl" / shim).read_text(encoding="utf-8")
        wanted |= set(re.findall(r"^extern [^;(]*?(\w+)\([^;]*__attribute__\(\(weak\)\);", text, re.M))
    assert {"SHA256_Init", "EVP_DigestVerify", "OPENSSL_init_crypto"} <= wanted
    path = subprocess.run(["cc", "-print-file-name=libcrypto.so"], capture_output=True, text=True, check=True).stdout.strip()
    listed = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True, check=True).stdout
    assert wanted <= {line.split()[-1].split("@")[0] for line in listed.splitlines()}


def test_no_recipe_names_a_path_of_a_machine_or_a_host():
    for path in RECIPES.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/(home|root|opt|work|tmp)/", text) and not re.search(r"https?://", text), path
