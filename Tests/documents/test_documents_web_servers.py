# SPDX-License-Identifier: Apache-2.0
"""What one copies from docs/nginx.md and docs/apache.md is what the servers take, and the tables name the directives that there are."""

import os
import re
import subprocess

import pytest

import pages
from support import paths

SECONDS = 60
NGINX_MODULE = paths.BUILD / "nginx/ngx_http_tpc_module.so"
APACHE_MODULE = paths.BUILD / "apache/mod_tpc.so"

NGINX = """
load_module {module};
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder};
    {needed}
    {http}
    server {{
        listen 127.0.0.1:1;
        {server}
    }}
}}
"""

APACHE = """
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/apache.pid
ServerName example.com
Listen 127.0.0.1:1
ErrorLog /dev/stderr
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_host_module {modules}/mod_authz_host.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule setenvif_module {modules}/mod_setenvif.so
LoadModule tpc_module {module}
{needed}
{block}
"""


@pytest.fixture(name="environment")
def _environment():
    return {**os.environ, "LD_LIBRARY_PATH": str(paths.BUILD / "lib"), "APACHE_LOG_DIR": "/dev"}


def in_folder(text, folder):
    """The text with the folders of a whole system replaced by one that is there."""
    (folder / "api_key").write_text("key\n")
    text = text.replace("/etc/tpc/api_key", str(folder / "api_key")).replace("/var/log/nginx", str(folder))
    return text.replace("/var/lib/tpc", str(folder)).replace("/dev/visits.log", str(folder / "visits.log"))


@pytest.mark.parametrize("block", pages.blocks("nginx"), ids=str)
def test_nginx_takes_the_configuration(block, environment, tmp_path):
    is_server = block.argument == "server"
    needed = "" if "tpc on;" in block.text else "tpc on; tpc_api_key_file /etc/tpc/api_key;"
    configuration = NGINX.format(
        module=NGINX_MODULE, folder=tmp_path, needed=needed, http="" if is_server else block.text,
        server=block.text if is_server else "",
    )
    (tmp_path / "nginx.conf").write_text(in_folder(configuration, tmp_path))
    done = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", "stderr"],
        env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", pages.blocks("apache"), ids=str)
def test_apache_takes_the_configuration(block, environment, tmp_path):
    needed = "" if "TpcEnable On" in block.text else "TpcEnable On\nTpcApiKeyFile /etc/tpc/api_key"
    configuration = APACHE.format(
        folder=tmp_path, modules="/usr/lib/apache2/modules", module=APACHE_MODULE, needed=needed, block=block.text
    )
    (tmp_path / "apache.conf").write_text(in_folder(configuration, tmp_path))
    done = subprocess.run(
        ["/usr/sbin/apache2", "-t", "-f", tmp_path / "apache.conf"],
        env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
    )
    assert done.returncode == 0, done.stderr


def directives_of(page):
    """The directives of a page's table."""
    text = (paths.ROOT / "docs" / page).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(tpc\w*|Tpc\w+)\b", text.split("## Directives")[1].split("\n## ")[0], re.MULTILINE))


def test_the_table_for_nginx_names_each_directive():
    source = (paths.ROOT / "servers/nginx/module.c").read_text(encoding="utf-8")
    assert directives_of("nginx.md") == set(re.findall(r'{ngx_string\("(tpc\w*)"\)', source))


def test_the_table_for_apache_names_each_directive():
    source = (paths.ROOT / "servers/apache/configuration.c").read_text(encoding="utf-8")
    assert directives_of("apache.md") == set(re.findall(r'AP_INIT_\w+\(\s*"(Tpc\w+)"', source))
