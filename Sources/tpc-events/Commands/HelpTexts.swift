// SPDX-License-Identifier: Apache-2.0

/// What the help says about each command before its flags.
extension Help {
  static let send: StaticString = """
    Usage: tpc-events send --href URL [FLAGS]
           tpc-events send FILE|- [FLAGS]
           tpc-events send --requests FILE|- [FLAGS]
           tpc-events send FILE|- --spool DIR

    Sends one event and prints its report, or sends the JSON events of a file, one a
    line (- is standard input), or a file that --rejected has written. With
    --requests, each line is a web request instead, and the visits among them are
    sent as they come. With --spool, the events are only written to disk, for
    "tpc-events spool drain" or a server with the same spool to send. Put the
    credential into the environment (TPC_API_KEY): other users of the machine can
    see a command's arguments.

    """

  static let check: StaticString = """
    Usage: tpc-events check [FILE|-] [--base64]

    Checks JSON events, one per line, and sends nothing. For each line it prints
    "valid", or "invalid", a JSON pointer to the faulty member and a message,
    separated by tabs. An empty line and a line longer than max_event_bytes are
    invalid.

    """

  static let replay: StaticString = """
    Usage: tpc-events replay LOG...|- --site URL [FLAGS]
           tpc-events replay --follow --state FILE LOG... --site URL [FLAGS]

    Sends the page visits of an access log of Apache or nginx in common, combined or
    vhost_combined format: GET and HEAD requests that were answered with a page or
    304, but not those for assets, robots.txt, sitemaps, feeds and health checks. A
    line that names its virtual host is a visit to that host, with the scheme of
    --site. Replaying a log again sends the same event ids. With --event-id request,
    a request's id at the end of its line, after the user agent, gives the event the
    id that it has wherever else the request is seen.

    Logs are files, also compressed ones (gzip, zstd), folders, and patterns in
    quotes; they are read in the order of time. With --follow, they are the files
    that servers write, by name; what is added to them is sent until SIGTERM or
    Ctrl-C, through rotations and outages, and the next run goes on from there.

        tpc-events replay 'access.log*' --site https://example.com

    """

  static let report: StaticString = """
    Usage: tpc-events report LOG... [--html FILE] [FLAGS]

    Shows what AI agents, and people who came from AI answers, read: who, what, when, what
    they did not find, and who only pretends to be an agent. It reads the logs that "replay"
    reads, sends nothing and needs no credential. With --ai-ranges-dir it tells agents from
    those who use their names. With --html it writes one page that needs no connection.
    No visitor's address is in a report, and no query of a URL.

        tpc-events report access.log access.log.1 --html report.html

    """

  static let agents: StaticString = """
    Usage: tpc-events agents
           tpc-events agents --ai-ranges-dir FOLDER [ADDRESS]
           tpc-events agents --ai-ranges-dir FOLDER --cron

    Lists the AI agents that are known: name, operator, purpose, and where the
    operator publishes the agent's networks, separated by tabs. With a folder of
    such lists, it checks them: for each file the name, how many networks it has,
    its age in days, and "ok", "old" or "unknown" (neither an agent nor an operator
    has the name); with an address, it prints the agents that the lists tell
    something about, and true or false. With --cron, it prints lines for crontab(1)
    that fetch the lists every day.

        tpc-events agents --cron --ai-ranges-dir /var/lib/tpc/agents | crontab -

    """

  static let spool: StaticString = """
    Usage: tpc-events spool list DIR [--events]
           tpc-events spool check DIR
           tpc-events spool drain DIR [--follow] [--all] [FLAGS]
           tpc-events spool purge DIR --older AGE|--all

    Looks into the folder that the option spool_directory names, in which processes
    keep events until these are answered for, and empties it.

    "list" shows each file: whether the process that writes it, and whoever sends
    what is in it, are alive, the process that began it, how many events are pending
    and have ended, the age of the oldest, and its size. It shows no contents
    without --events.

    "check" reads everything and changes nothing. It names damaged and foreign
    files.

    "drain" sends what processes have left and what those with spool_sender=never or
    shared write. It takes the events of its own endpoint and account, as the
    credential and the options organization_id and product_id have it. With --all it
    sends those of every other account to this one, too: use it after a change of
    the key, and not where two sites share the folder.

    "purge" deletes events forever. It leaves alone what a process is using.

    As root, "drain" and "purge" become the user that DIR belongs to. Run by anybody
    else, they refuse the folder of another user.

        tpc-events spool drain --follow /var/lib/tpc

    """

  static let completion: StaticString = """
    Usage: tpc-events completion bash|zsh

    Prints a script that completes commands, flags and their values in a shell. An
    installation brings both. Without one, add a line to ~/.bashrc or ~/.zshrc:

        source <(tpc-events completion bash)
        source <(tpc-events completion zsh)

    """
}
