// SPDX-License-Identifier: Apache-2.0

/// Which member of a log's JSON says what.
struct JSONMap {
  /// In the order of preference where several have the same meaning.
  let members: [Member]
  var time: TimeForm = .any
  var texts: TextForm = .plain
  /// How the `.kind` of a request's line begins; a line with another one is none. Nil when the log has only requests.
  var kind: StaticString? = nil
  /// Whether a line that has neither a method nor a target is something else than a request, and not a broken one.
  var hasOtherLines = false
  let missing: MissingMembers
}

/// Why a line without a member that every request has is unreadable.
struct MissingMembers {
  let time: StaticString
  let method: StaticString
  let target: StaticString
  let status: StaticString
}
