"""The package as it is built, and scripts that run with it."""

import os
import pathlib
import subprocess
import zipfile

from support.alone import make
from support.paths import LIBRARY, ROOT, VERSION

STAGE = ROOT / "build/php/tpc-events"
ARCHIVE = ROOT / f"build/php/tpc-events-{VERSION}.zip"
KEY = "key-for-the-test"


def build():
    """Builds the archive from the library that is there; returns the folder that was packed."""
    make("-o", LIBRARY.resolve().relative_to(ROOT), "php")
    return STAGE


def unpacked(name):
    """The folder of a Debian package that is unpacked for the tests only."""
    make(f"build/php/unpacked/{name}")
    return ROOT / "build/php/unpacked" / name


def environment(collector_url=None, **more):
    """This machine's, without what the library would read from it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING_"))}
    # Over one connection, events arrive in their order.
    server = {"TPC_API_KEY": KEY, "THE_PROMPTING_COMPANY_BASE_URL": collector_url, "TPC_MAX_CONNECTIONS": "1"} if collector_url else {}
    return {**kept, **server, **more}


def run_script(text, *flags, folder, variables, check=True):
    """Runs a PHP script and returns what became of it."""
    script = pathlib.Path(folder) / "script.php"
    script.write_text(text)
    command = ["php", *flags, str(script)]
    result = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)
    assert not check or result.returncode == 0, result.stdout + result.stderr
    return result


def output_of(command, environment=None, folder=None):
    """What a command prints on standard output. Fails with what it said when it fails."""
    command = [str(part) for part in command]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300)
    assert result.returncode == 0, result.stdout.decode() + result.stderr.decode()
    return result.stdout


def make_project(folder):
    """A Composer project that requires the package as its README.md says, without any network."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder / "packages")
    (folder / "composer.json").write_text('{"repositories": {"packagist.org": false}}')
    for arguments in (
        ["config", "repositories.tpc-events", "path", "packages/tpc-events"],
        ["require", "--no-interaction", "promptingco/tpc-events"],
    ):
        output_of(["composer", *arguments], environment=composer_environment(folder), folder=folder)
    return folder


def composer_environment(folder):
    return environment(COMPOSER_HOME=str(folder / "composer"), COMPOSER_ALLOW_SUPERUSER="1", COMPOSER_DISABLE_NETWORK="1")
