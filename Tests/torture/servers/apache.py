"""Apache in the foreground, with mod_php, or with mod_wsgi in daemon mode and inside Apache's own processes."""

import glob
import os
import pathlib

CONFIGURATION = """
ServerRoot {folder}
ServerName example.com
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
ErrorLog /dev/stderr
User {user}
Group {group}
Listen 127.0.0.1:{port}
StartServers 2
LoadModule mpm_{mpm}_module {modules}/mod_mpm_{mpm}.so
LoadModule authz_core_module {modules}/mod_authz_core.so
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
MODULES = "/usr/lib/apache2/modules"


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
    # Apache refuses to serve as root.
    user, group = ("nobody", "nogroup") if os.geteuid() == 0 else (f"#{os.geteuid()}", f"#{os.getegid()}")
    text = CONFIGURATION.format(
        folder=folder, site=scene.folder, port=port, mpm=mpm, modules=MODULES, more=more, user=user, group=group
    )
    (folder / "apache.conf").write_text(text)
    return ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", folder / "apache.conf"]
