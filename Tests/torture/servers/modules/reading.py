"""The configuration is read again without the module, and with it again; and who in nginx has threads."""

from .endpoint import Endpoint
from .judge import judge
from .outcome import Outcome
from .sites import SITE_WITHOUT, nginx_site, threads, title, workers
from .visitors import visit


def module_removed_and_added(visits, times):
    """Reloads nginx without load_module, and with it again."""
    with Endpoint() as endpoint, nginx_site(endpoint) as server:
        configuration = (server.folder / "nginx.conf").read_text()
        crowds = [visit(server.port, visits)]
        for _ in range(times):
            server.configure(SITE_WITHOUT)
            lines = (server.folder / "nginx.conf").read_text().splitlines()
            (server.folder / "nginx.conf").write_text("\n".join(line for line in lines if not line.startswith("load_module")))
            server.reload()
            untracked = visit(server.port, visits)
            (server.folder / "nginx.conf").write_text(configuration)
            server.reload()
            crowds.append(visit(server.port, visits))
        verdict = judge(endpoint, *crowds)
        outcome = Outcome(f"{times} times: {verdict}")
        outcome.complaints += verdict.complaints() + server.broken_lines()
        if len(untracked.answered) < visits:
            outcome.complaints.append("pages were not answered without the module")
    return outcome


def threads_of_nginx(visits):
    """The cache manager and the cache loader have their one thread; a worker that tracks has the sender's as well."""
    with Endpoint() as endpoint, nginx_site(endpoint, workers=2) as server:
        crowd = visit(server.port, visits)
        counts = {title(process): threads(process) for process in server.workers()}
        others = {name: count for name, count in counts.items() if "cache" in name}
        outcome = Outcome(f"threads: {', '.join(f'{name} {count}' for name, count in others.items())}")
        if sorted(others.values()) != [1, 1]:
            outcome.complaints.append(f"{counts}")
        if not any(threads(process) == 2 for process in workers(server)):
            outcome.complaints.append(f"no worker has a sender: {counts}")
        outcome.complaints += judge(endpoint, crowd).complaints()
    return outcome
