// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What agents and people looked for in vain.
extension ReportBuilder {
  private struct LostPath {
    /// One of the path's entries, which shows it.
    let entry: TextCounts.Entry
    var tally: Tally
    var agents = 1
  }

  var notFoundSection: ReportSection {
    var section = ReportSection(
      "What AI agents looked for in vain",
      "Requests that were answered with 404 or 410: pages that moved without a redirect, or that a model made up.")
    var table = ReportTable(
      [.init("Path", .path), .init("", .bar, rank: 2), .init("Requests", .number), .init("Agents", .number, rank: 1)],
      empty: order.isEmpty ? "There is no request by an AI agent." : "Agents found all that they asked for.")
    let paths = lostPaths
    for path in paths.prefix(limits.rows) {
      table.rows.append([
        .init(shown(path.entry, in: aggregate.notFound)), .init(bar: path.tally), .init(path.tally.total), .init(path.agents),
      ])
    }
    section.table = table
    if paths.count > table.rows.count { section.notes.append(more(paths.count - table.rows.count, "path", "paths")) }
    section.notes += bound(aggregate.notFound)
    return section
  }

  /// The paths that agents did not find, whichever agents these were; the most wanted first.
  private var lostPaths: [LostPath] {
    let found = aggregate.notFound
    let entries = found.entries.filter { $0.number >= 0 }.sorted { found.text($0).precedes(found.text($1)) }
    var paths: [LostPath] = []
    for entry in entries {
      if let last = paths.last, found.text(last.entry).matches(found.text(entry)) {
        paths[paths.count - 1].tally.add(entry.tally)
        paths[paths.count - 1].agents += 1
      } else {
        paths.append(LostPath(entry: entry, tally: entry.tally))
      }
    }
    return paths.sorted { left, right in
      let (one, other) = (left.tally.total, right.tally.total)
      return one != other ? one > other : found.text(left.entry).precedes(found.text(right.entry))
    }
  }

  var notFoundByAgentSection: ReportSection {
    var section = ReportSection(
      "What each AI agent looked for in vain", "The same by agent, with each path's share of what the agent did not find.")
    var table = ReportTable(
      [.init("Agent", .text), .init("Path", .path), .init("Requests", .number), .init("Share", .number, rank: 1)],
      empty: "Agents found all that they asked for.")
    let found = aggregate.notFound
    let losing = aggregate.agents.indices.filter { aggregate.agents[$0].notFound > 0 }.sorted { left, right in
      let (one, other) = (aggregate.agents[left], aggregate.agents[right])
      return one.notFound != other.notFound ? one.notFound > other.notFound : one.agent.name.precedes(other.agent.name)
    }
    for index in losing {
      let record = aggregate.agents[index]
      for entry in found.highest(limits.notFound, { $0.number == index ? $0.tally.total : 0 }) {
        table.rows.append([
          .init(name: record.agent.name), .init(shown(entry, in: found)), .init(entry.tally.total),
          .init(ReportText.share(entry.tally.total, of: record.notFound)),
        ])
      }
    }
    let most = limits.rows * 2
    if table.rows.count > most { table.rows.removeLast(table.rows.count - most) }
    section.table = table
    let paths = found.entries.filter { $0.number >= 0 }.count
    if paths > table.rows.count { section.notes.append(more(paths - table.rows.count, "row", "rows")) }
    section.notes += bound(found)
    return section
  }

  var peoplesNotFoundSection: ReportSection {
    var section = ReportSection(
      "What people from AI answers looked for in vain",
      "Links in AI answers that led to pages that do not exist: 404 or 410. Each is a reader lost.")
    var table = ReportTable([.init("Path", .path), .init("Requests", .number)], empty: "People found all that they asked for.")
    let found = aggregate.notFound
    for entry in found.highest(limits.rows, { $0.number == Aggregate.peopleNumber ? $0.tally.total : 0 }) {
      table.rows.append([.init(shown(entry, in: found)), .init(entry.tally.total)])
    }
    section.table = table
    section.notes += bound(found)
    return section
  }
}
