"""The library with the address sanitizer inside nginx and Apache, under load, while they are reloaded."""

from support.paths import ROOT
from torture.sanitizers.sanitizer import Sanitizer

from .delivery import disturbed
from .endpoint import Endpoint
from .outcome import Outcome
from .sites import RECYCLE, site

BUILD = ROOT / ".build-sanitizers" / "address"


def reloads(name, visits, times):
    """0 reports, and every page arrives once."""
    with Sanitizer("address", "asan") as sanitizer, Endpoint() as endpoint:
        # Reports are written by the workers, which are another user's.
        for folder in (sanitizer.folder, sanitizer.folder / "reports"):
            folder.chmod(0o777)
        options = {key: value for key, value in sanitizer.environment().items() if key in ("LD_PRELOAD", "ASAN_OPTIONS")}
        more = {"library": BUILD / "lib", "environment": options} | ({} if name == "nginx" else {"recycle": RECYCLE})
        with site(name, endpoint, **more) as server:
            outcome = disturbed(server, endpoint, visits, times, lambda it: it.reload())
            runtimes = [process for process in server.workers() if _has_runtime(process)]
        reports = sanitizer.reports()
    if not runtimes:
        outcome.complaints.append("the sanitizer is in no worker")
    outcome.complaints += reports
    return Outcome(f"{outcome.figures}, {len(reports)} reports", outcome.complaints).and_of(times, "reloads")


def _has_runtime(process):
    with open(f"/proc/{process}/maps", encoding="utf-8", errors="replace") as maps:
        return "libclang_rt.asan" in maps.read()
