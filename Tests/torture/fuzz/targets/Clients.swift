// SPDX-License-Identifier: Apache-2.0

import CTPC

/// A client that sends nothing, for the calls that need one.
nonisolated(unsafe) let dryClient: OpaquePointer = client(["dry_run": "true", "log_level": "off"])

func client(_ values: KeyValuePairs<String, String>) -> OpaquePointer {
  let options = tpc_options_new()
  for (name, value) in values {
    let verdict = Verdict { tpc_options_set(options, name, name.utf8.count, value, value.utf8.count, $0) }
    demand(verdict.isOK, "the option is one")
  }
  var made: OpaquePointer?
  demand(Verdict { tpc_client_new(options, &made, $0) }.isOK, "the client can be made")
  tpc_options_free(options)
  guard let made else { fatalError("no client") }
  return made
}

/// The counters, which have to balance at every moment.
func statistics(of client: OpaquePointer) -> tpc_stats {
  var stats = tpc_stats()
  demand(tpc_client_stats(client, &stats, MemoryLayout<tpc_stats>.size) == 0, "the client is open")
  let ended = stats.delivered + stats.rejected + stats.expired + stats.abandoned + stats.spooled
  demand(stats.accepted + stats.adopted == ended + stats.pending, "the counters balance")
  return stats
}
