#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sources that the self-contained library is built from: Debian's source packages, as sources.json names them. The table also has
what comes with the compiler (its runtime, and the C library inside the static tool).

    sources.py unpack CACHE NAME...   downloads, compares checksums, applies Debian's patches; changes nothing if it is done
                                     already; CACHE/sources/unpacked is as old as the last change
    sources.py licences CACHE FOLDER  writes the licence of each into a folder, NAME.txt
    sources.py state CACHE            says which versions the suite has replaced; fails if there are any
    sources.py renew CACHE            writes the newest versions that the mirror has into sources.json

The mirror is the one that apt is configured with, also on a machine with another release of Debian. `state` and `renew` read the
suite's indexes, whose signatures apt checks.
"""

import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

TABLE = pathlib.Path(__file__).with_name("sources.json")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
HELPER = "/usr/lib/apt/apt-helper"


def table():
    return json.loads(TABLE.read_text(encoding="utf-8"))


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@functools.lru_cache(maxsize=None)
def mirrors():
    """The addresses of Debian's archive and of its security archive: those that apt reads on this machine."""
    if not pathlib.Path(HELPER).exists():
        raise SystemExit("the sources come from Debian's archive: this needs a Debian system with apt")
    lines = run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(ORIGIN)", "Created-By: Packages").splitlines()
    found = [line.split()[:2] for line in lines if line.split()[2:] == ["Debian"]]
    archive = [site for site, release in found if not release.endswith("-security")]
    security = [site for site, release in found if release.endswith("-security")]
    if not archive or not security:
        raise SystemExit(f"apt's sources name no mirror of Debian and of debian-security; run apt-get update first (found {found})")
    return archive[0], security[0]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def download(source, folder):
    """Puts a source's files into a folder. Returns the name of a file that the mirror does not have, or None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, wanted in source["files"].items():
        path = folder / name
        if path.exists() and digest(path) == wanted:
            continue
        for site in mirrors():
            command = [HELPER, "download-file", f"{site}/{source['folder']}/{urllib.parse.quote(name)}", path, f"SHA256:{wanted}"]
            subprocess.run([str(part) for part in command], capture_output=True, check=False)
            if path.exists() and digest(path) == wanted:
                break
        else:
            path.unlink(missing_ok=True)
            return name
    return None


def unpack(cache, names):
    for source in table()["sources"]:
        if source["name"] not in names:
            continue
        target = cache / "sources" / source["name"]
        mark = target / ".version"
        if mark.exists() and mark.read_text(encoding="utf-8") == json.dumps(source["files"]):
            continue
        files = cache / "downloads"
        missing = download(source, files)
        if missing:
            raise SystemExit(
                f"{missing}: the mirror has no file with the checksum in {TABLE.name}; a newer version may have replaced it: "
                "make renew-sources"
            )
        shutil.rmtree(target, ignore_errors=True)
        (description,) = [name for name in source["files"] if name.endswith(".dsc")]
        target.parent.mkdir(parents=True, exist_ok=True)
        run("dpkg-source", "--no-check", "-x", files / description, target)
        for copy in target.parent.glob("*.orig.tar.*"):
            copy.unlink()
        mark.write_text(json.dumps(source["files"]), encoding="utf-8")
        (cache / "sources" / "unpacked").touch()


def licences(cache, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for source in table()["sources"]:
        text = (cache / "sources" / source["name"] / source["licence_file"]).read_text(encoding="utf-8")
        (folder / f"{source['name']}.txt").write_text(text, encoding="utf-8")
    for part in table()["compiler"]:
        (path,) = (cache / "zig").glob(f"lib/python*/site-packages/ziglang/{part['licence_file']}")
        (folder / f"{part['name']}.txt").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def apt(state, suite, kind, architecture):
    """The environment for an apt that knows a suite only, and keeps its state in a folder. `kind` is deb or deb-src."""
    state = state.absolute()
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    archive, security = mirrors()
    lines = [(archive, suite), (archive, f"{suite}-updates"), (security, f"{suite}-security")]
    (state / "sources.list").write_text("".join(f"{kind} [signed-by={KEYS}] {site} {name} main\n" for site, name in lines))
    (state / "status").touch()
    (state / "apt.conf").write_text(
        f'APT::Architecture "{architecture}";\nAPT::Architectures "{architecture}";\n'
        f'Dir::State::lists "{state}/lists";\nDir::State::status "{state}/status";\nDir::Cache "{state}/cache";\n'
        f'Dir::Etc::sourcelist "{state}/sources.list";\nDir::Etc::sourceparts "-";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(state / "apt.conf")}
    run("apt-get", "update", "-qq", env=environment)
    return environment


def binary_package(cache, name, architecture, folder):
    """Downloads the suite's package for an architecture, whatever this machine's is. Returns its path."""
    environment = apt(cache / f"apt-{architecture}", table()["suite"], "deb", architecture)
    folder.mkdir(parents=True, exist_ok=True)
    # The newest that the mirror has, which may lag behind its own list.
    for version in run("apt-cache", "madison", name, env=environment).splitlines():
        version = version.split("|")[1].strip()
        command = ["apt-get", "download", "-qq", f"{name}={version}"]
        if subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode == 0:
            (found,) = folder.glob(f"{name}_*_{architecture}.deb")
            return found
    raise SystemExit(f"{name}: the mirror has no package of it for {architecture}")


def index(cache):
    """The suite's versions of every source in the table, newest first, each as the table would have it."""
    data = table()
    native = run("dpkg", "--print-architecture").strip()
    environment = apt(cache / "apt", data["suite"], "deb-src", native)
    for source in data["sources"]:
        records = run("apt-cache", "showsrc", source["name"], env=environment).split("\n\n")
        found = {}
        for record in filter(str.strip, records):
            version = re.search(r"^Version: (.+)$", record, re.M)[1]
            sums = re.search(r"^Checksums-Sha256:\n((?: .*\n?)+)", record, re.M)[1]
            files = {name: value for value, _, name in (line.split() for line in sums.splitlines()) if not name.endswith(".asc")}
            folder = re.search(r"^Directory: (.+)$", record, re.M)[1]
            found[version, folder] = {**source, "version": version, "folder": folder, "files": dict(sorted(files.items()))}
        yield source, sorted(found.values(), key=functools.cmp_to_key(compare), reverse=True)


def compare(one, other):
    if one["version"] == other["version"]:
        return 0
    newer = subprocess.run(["dpkg", "--compare-versions", one["version"], "gt", other["version"]], check=False).returncode == 0
    return 1 if newer else -1


def state(cache):
    replaced = False
    for source, versions in index(cache):
        newest = versions[0]["version"]
        replaced |= newest != source["version"]
        print(f"{source['name']} {source['version']}", "is the newest" if newest == source["version"] else f"was replaced by {newest}")
    return 1 if replaced else 0


def renew(cache):
    data = table()
    data["sources"] = []
    for source, versions in index(cache):
        for candidate in versions:
            missing = download(candidate, cache / "downloads")
            if not missing:
                break
            print(f"{candidate['name']} {candidate['version']}: the mirror lists {missing} and does not have it")
        else:
            raise SystemExit(f"{source['name']}: the mirror has no version of it")
        print(f"{source['name']} {source['version']} -> {candidate['version']}")
        data["sources"].append(candidate)
    TABLE.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return 0


def main():
    match sys.argv[1:]:
        case ["unpack", cache, *names] if names:
            return unpack(pathlib.Path(cache), names)
        case ["licences", cache, folder]:
            return licences(pathlib.Path(cache), pathlib.Path(folder))
        case ["state", cache]:
            return state(pathlib.Path(cache))
        case ["renew", cache]:
            return renew(pathlib.Path(cache))
    raise SystemExit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
