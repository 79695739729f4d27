"""PHP: php-fpm behind nginx, PHP's own server, and Apache with mod_php."""

import getpass
import glob
import grp
import os
import shutil
import signal

from bindings.php import fpm_site

from .. import apache
from ..endings import by_reload, by_signal, by_signal_to_all, then_kill
from ..row import ALL, NOTHING, SOME, Row

INT, TERM, QUIT = by_signal(signal.SIGINT), by_signal(signal.SIGTERM), by_signal(signal.SIGQUIT)
RELOAD = by_reload(signal.SIGUSR2)
TIMEOUT = "set `process_control_timeout = 10s`"
# nginx comes first and stays; the process that is ended is php-fpm.
BOTH = 'nginx_program -c "$0" -p "$1" -e "$1/nginx.log" & shift; exec "$@"'


def fpm(is_patient):
    """php-fpm with two workers, with or without the time that it gives workers to end."""

    def command(scene, port):
        folder = scene.folder / f"fpm-{port}"
        folder.mkdir()
        user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        patience = "90s" if is_patient else "0"
        pool = fpm_site.configuration(folder, ["clear_env = no"], workers=2, process_control_timeout=patience)
        site = fpm_site.NGINX.format(folder=folder, port=port, script=scene.folder / "site.php", user=user, group=group)
        (folder / "fpm.conf").write_text(pool)
        (folder / "nginx.conf").write_text(site)
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        as_root = ["-R"] if os.geteuid() == 0 else []
        return ["sh", "-c", BOTH.replace("nginx_program", nginx), folder / "nginx.conf", folder,
                sorted(glob.glob("/usr/sbin/php-fpm*"))[-1], "-F", "-y", folder / "fpm.conf", *as_root, "-d", "ffi.enable=true"]  # fmt: skip

    return command


def own_server(scene, port):
    return ["php", "-d", "ffi.enable=true", "-S", f"127.0.0.1:{port}", "site.php"]


ROWS = [
    Row("php-fpm", "SIGQUIT (stop)", SOME, TIMEOUT, fpm(False), then_kill(QUIT)),
    Row("php-fpm", "SIGUSR2 (reload)", SOME, TIMEOUT, fpm(False), RELOAD),
    Row("php-fpm", "SIGTERM", SOME, "end it by SIGQUIT", fpm(False), then_kill(TERM)),
    Row("php-fpm with `process_control_timeout`", "SIGQUIT (stop)", ALL, NOTHING, fpm(True), then_kill(QUIT), is_quick=True),
    Row("php-fpm with `process_control_timeout`", "SIGUSR2 (reload)", ALL, NOTHING, fpm(True), RELOAD),
    Row("php-fpm with `process_control_timeout`", "SIGTERM", SOME, "end it by SIGQUIT", fpm(True), then_kill(TERM)),
    Row("`php -S`", "Ctrl-C", ALL, NOTHING, own_server, by_signal_to_all(signal.SIGINT)),
    Row("`php -S`", "SIGTERM", SOME, "end it by SIGINT", own_server, TERM),
    Row("Apache, mod_php", "SIGTERM (stop)", ALL, NOTHING, apache.with_php, TERM),
    Row("Apache, mod_php", "SIGWINCH (graceful stop)", ALL, NOTHING, apache.with_php, by_signal(signal.SIGWINCH)),
    Row("Apache, mod_php", "SIGUSR1 (reload)", ALL, NOTHING, apache.with_php, by_reload(signal.SIGUSR1)),
]
