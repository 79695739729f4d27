"""Apache in the foreground, with mod_php, or with mod_wsgi in daemon mode and inside Apache's own processes."""

import glob
import pathlib

from support.servers.apache import MODULES, PROGRAM, base_configuration

CONFIGURATION = """
Listen 127.0.0.1:{port}
StartServers 2
LoadModule alias_module {modules}/mod_alias.so
DocumentRoot {site}
<Directory {site}>
    Require all granted
</Directory>
{more}
"""

PHP = """
LoadModule php_module {php}
php_admin_flag ffi.enable on
<FilesMatch "[.]php$">
    SetHandler application/x-httpd-php
</FilesMatch>
AliasMatch ^/page/ {site}/site.php
"""

WSGI = """
LoadModule wsgi_module {wsgi}
WSGISocketPrefix {folder}/wsgi
WSGIScriptAlias / {site}/wsgi_site.py
{daemon}
"""
DAEMON = """
WSGIDaemonProcess site processes=2 threads=2 python-path={paths}
WSGIProcessGroup site
WSGIApplicationGroup %{{GLOBAL}}
"""
EMBEDDED = """
WSGIPythonPath {paths}
WSGIApplicationGroup %{{GLOBAL}}
"""


def with_php(scene, port):
    # An unpacked package has no configuration of its own, which would load the extension ffi.
    (extensions,) = glob.glob("/etc/php/*/fpm/conf.d")
    command = _command(scene, port, "prefork", PHP.format(php=_unpacked(scene, "libphp*.so"), site=scene.folder))
    return ["env", f"PHP_INI_SCAN_DIR={extensions}", *command]


def with_wsgi(daemon):
    def command(scene, port):
        more = daemon.format(paths=scene.environment["PYTHONPATH"])
        module = _unpacked(scene, "mod_wsgi.so-3*")
        return _command(scene, port, "event", WSGI.format(wsgi=module, site=scene.folder, folder=scene.folder, daemon=more))

    return command


def _unpacked(scene, pattern):
    """A module of a Debian package that is only unpacked."""
    (module,) = glob.glob(f"{scene.unpacked}{MODULES}/{pattern}")
    return module


def _command(scene, port, mpm, more):
    folder = pathlib.Path(scene.folder / f"apache-{port}")
    folder.mkdir()
    site = CONFIGURATION.format(site=scene.folder, port=port, modules=MODULES, more=more)
    (folder / "apache.conf").write_text(base_configuration(folder, mpm, "/dev/stderr", site))
    return [PROGRAM, "-D", "FOREGROUND", "-f", folder / "apache.conf"]
