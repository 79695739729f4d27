"""The command `tpc-collector`."""

import argparse
import errno
import sys

from . import __version__, credentials, hosts, ingest, server
from .console import Console


def main(arguments=None):
    """Runs the command and returns its exit code."""
    options = _parser().parse_args(arguments)
    # Characters that the terminal's encoding cannot show are escaped instead of raising an error.
    sys.stdout.reconfigure(errors="backslashreplace")
    host = "127.0.0.1" if options.host.lower() == "localhost" else options.host
    try:
        listener = server.listen(host, options.port)
    except OSError as error:
        print(f"tpc-collector: {_why(error, host, options.port)}", file=sys.stderr)
        return 1
    port = listener.getsockname()[1]
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    console = Console(quiet=options.quiet)
    console.write(f"listening on http://{authority}")
    if not options.quiet:
        console.write(f"Events go to POST http://{authority}{ingest.PATH}; what was received is at http://{authority}/_tpc/all")
    app = server.application(credentials.Credentials(options.credential), options.keep, console)
    server.run(app, listener)
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="tpc-collector",
        description="A local ingest server for page_visit events. It checks each event and shows the result.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--host", type=_host, default="127.0.0.1", help="loopback address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=3000, help="port to listen on; 0 picks a free one (%(default)s)")
    parser.add_argument(
        "--credential",
        type=_credential,
        action="append",
        default=[],
        metavar="KIND=VALUE",
        help=f"accept only this credential; can be repeated; KIND is {', '.join(credentials.KINDS)} "
        "(default: accept any that is not empty)",
    )
    parser.add_argument("--keep", type=_keep, default=10_000, help="how many requests to remember (%(default)s)")
    parser.add_argument("--quiet", action="store_true", help="print no line per event")
    return parser


def _host(text):
    if not hosts.is_loopback(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not localhost, 127.0.0.1 or ::1")
    return text


def _port(text):
    return _number(text, 0, 65535)


def _keep(text):
    return _number(text, 0, 10_000_000)


def _number(text, low, high):
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
    return int(text)


def _credential(text):
    try:
        return credentials.parse_argument(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _why(error, host, port):
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken by another program; choose another with --port, or --port 0 for any"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has; choose one above 1023 with --port"
    return f"cannot listen on {host} port {port}: {error.strerror}"
