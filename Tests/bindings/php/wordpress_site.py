"""A WordPress site (Debian's), with a MariaDB server of its own, for php-fpm to serve."""

import contextlib
import getpass
import pathlib
import shutil
import subprocess
import tempfile
import time

from . import package

PATIENCE = 60

CONFIGURATION = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', 'http://example.com');
define('WP_SITEURL', 'http://example.com');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
{options}
$table_prefix = 'wp_';
require_once __DIR__ . '/wp-settings.php';
"""

INSTALL = """<?php
define('WP_INSTALLING', true);
$_SERVER += ['HTTP_HOST' => 'example.com', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
function wp_new_blog_notification(): void {{}}  // which would send mail
require '{root}/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Site', 'admin', 'admin@example.com', true, '', 'password');
switch_theme('plain');
"""

THEME = "<?php wp_head(); while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); } wp_footer();"


class WordPressSite:
    """The installed site, below `root`. Ends its database with the `with` block."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder) / "site"

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            # Not below the test's own folder: a socket's path has at most 107 bytes.
            database = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tpc-db-")))
            self._socket = database / "socket"
            _start_database(stack, database)
            self._install()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def configure(self, options=""):
        """Writes wp-config.php, with these lines of PHP in it."""
        (self.root / "wp-config.php").write_text(CONFIGURATION.format(socket=self._socket, options=options))

    def add_plugin(self, name, text):
        """A must-use plugin."""
        plugin = self.root / "wp-content/mu-plugins" / name
        plugin.parent.mkdir(parents=True, exist_ok=True)
        plugin.write_text(text)
        return plugin

    def _install(self):
        # Most files are in these two folders, which nothing here changes.
        shared = ["wp-admin", "wp-includes"]
        packed = package.unpacked("wordpress") / "usr/share/wordpress"
        shutil.copytree(packed, self.root, symlinks=True, ignore=shutil.ignore_patterns(*shared))
        for name in shared:
            (self.root / name).symlink_to(packed / name)
        theme = self.root / "wp-content/themes/plain"
        theme.mkdir(parents=True)
        (theme / "style.css").write_text("/* Theme Name: Plain */")
        (theme / "index.php").write_text(THEME)
        self.configure()
        text = INSTALL.format(root=self.root)
        package.run_script(text, folder=self.root.parent, variables=package.environment())


def _start_database(stack, folder):
    data, socket = folder / "data", folder / "socket"
    data.mkdir()
    # Without tables of privileges: nobody else reaches the socket, and no script of the full server package is needed.
    server = subprocess.Popen(
        ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", f"--user={getpass.getuser()}",
         "--skip-networking", "--skip-grant-tables", f"--log-error={folder / 'log'}", "--innodb-buffer-pool-size=16M",
         "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(server.wait)
    stack.callback(server.kill)  # nobody reads the data again
    create = f"<?php (new mysqli('localhost', 'root', '', '', 0, '{socket}'))->query('CREATE DATABASE wordpress');"
    deadline = time.monotonic() + PATIENCE
    while package.run_script(create, folder=folder, variables=package.environment(), check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"MariaDB did not start: {(folder / 'log').read_text()}")
        time.sleep(0.05)
