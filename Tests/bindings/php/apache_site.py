"""A site under Apache with PHP as its module, on a port of its own, with no system's configuration."""

import glob
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import package

PATIENCE = 60
CONFIGURATION = """
ServerName localhost
ServerRoot {folder}
PidFile {folder}/pid
Mutex pthread
ErrorLog {folder}/error.log
{user}
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule php_module {php}
Listen 127.0.0.1:{port}
StartServers {workers}
MinSpareServers 1
MaxSpareServers {workers}
MaxRequestWorkers {workers}
MaxConnectionsPerChild {max_requests}
PHPIniDir {folder}
DocumentRoot {folder}/public
FallbackResource /index.php
<FilesMatch "\\.php$">
    SetHandler application/x-httpd-php
</FilesMatch>
"""


class ApacheSite:
    """Serves one front controller, a text that may name the folder {package}; ends the server with the `with` block."""

    def __init__(self, script, built, variables, *settings, workers=2, max_requests=0):
        self._script, self._built, self._settings = script, built, settings
        self._pool = {"workers": workers, "max_requests": max_requests}
        # The module is only unpacked, so its extensions are those of php-fpm.
        extensions = sorted(glob.glob("/etc/php/*/fpm/conf.d"))[-1]
        self._variables = package.environment(PHP_INI_SCAN_DIR=extensions, **variables)

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="tpc-apache-")
        self.folder = pathlib.Path(self._temporary.name)
        # Apache's workers run as somebody else when the tests run as root, and may then not read the tree.
        self.folder.chmod(0o755)
        shutil.copytree(self._built, self.folder / "package")
        (self.folder / "public").mkdir()
        (self.folder / "public/index.php").write_text(self._script.format(package=self.folder / "package"))
        lines = ["log_errors=On", "display_errors=Off", *self._settings]
        (self.folder / "php.ini").write_text("\n".join(lines) + "\n")
        # Apache takes no port 0, so somebody else may take this one first.
        while not self._start():
            pass
        return self

    def _start(self):
        """Starts Apache on a port that is free now; false when it is taken by then."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        module = next(package.unpacked("libapache2-mod-php").glob("usr/lib/apache2/modules/libphp*.so"))
        user = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(folder=self.folder, port=self.port, php=module, user=user, **self._pool)
        (self.folder / "apache.conf").write_text(text)
        with (self.folder / "said").open("w") as said:
            self._process = subprocess.Popen(
                ["/usr/sbin/apache2", "-f", self.folder / "apache.conf", "-DFOREGROUND"],
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,  # Apache passes SIGTERM to its whole process group.
            )
        return self.wait_for_log("resuming normal operations")

    def __exit__(self, *_):
        self.stop()
        self._temporary.cleanup()

    def get(self, path, connection=None, **headers):
        """Status and body of a page."""
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path, headers={"Host": "example.com", **headers})
        response = connection.getresponse()
        return response.status, response.read().decode()

    def graceful(self):
        """Asks workers to end after their request, as `apachectl graceful` does."""
        self._process.send_signal(signal.SIGUSR1)

    def stop(self):
        """Ends the server as `systemctl stop` does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)

    def log(self):
        file = self.folder / "error.log"
        return file.read_text() if file.exists() else ""

    def wait_for_log(self, text, times=1):
        deadline = time.monotonic() + PATIENCE
        while self.log().count(text) < times:
            said = (self.folder / "said").read_text()
            if self._process.poll() is not None and "could not bind" in said:
                return False
            assert self._process.poll() is None and time.monotonic() < deadline, f"Apache: waited for {text!r}: {said + self.log()}"
            time.sleep(0.01)
        return True
