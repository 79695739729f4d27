"""Loopback names: the collector listens on no other address."""

import ipaddress


def is_loopback(host):
    """Whether a host, without port and brackets, is `localhost` or a loopback address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_port(authority):
    """The host of a Host header: `[::1]:3000` is `::1`."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]
