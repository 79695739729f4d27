// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// Who reads a page: agents by their purpose, people from AI answers, and everybody else.
enum ReaderGroup: Int, CaseIterable {
  case training, search, user, agent, people, others

  static let agents: [ReaderGroup] = [.training, .search, .user, .agent]

  init(_ purpose: AIAgent.Purpose) {
    switch purpose {
    case .training: self = .training
    case .search: self = .search
    case .user: self = .user
    case .agent: self = .agent
    }
  }

  var name: StaticString {
    switch self {
    case .training: "Training"
    case .search: "Search"
    case .user: "User's question"
    case .agent: "Browsing"
    case .people: "People"
    case .others: "Others"
    }
  }

  /// What the report says about agents of this purpose.
  var meaning: StaticString {
    switch self {
    case .training: "to train models"
    case .search: "to build an index that answers are searched in"
    case .user: "because a user has just asked"
    case .agent: "to act in a browser for a user"
    case .people: "people who followed a link in an AI answer"
    case .others: "everybody else"
    }
  }
}

/// A number for each group of readers.
struct Tally {
  private var counts = InlineArray<6, Int>(repeating: 0)

  subscript(group: ReaderGroup) -> Int {
    get { counts[group.rawValue] }
    set { counts[group.rawValue] = newValue }
  }

  /// All agents, whatever their purpose.
  var agents: Int { counts[0] &+ counts[1] &+ counts[2] &+ counts[3] }

  var people: Int { counts[4] }

  var total: Int { agents &+ counts[4] &+ counts[5] }

  mutating func add(_ other: Tally) {
    for index in 0..<6 { counts[index] &+= other.counts[index] }
  }
}
