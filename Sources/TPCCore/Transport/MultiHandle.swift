// SPDX-License-Identifier: Apache-2.0

import CCurl
import CPOSIX

/// Makes libcurl's multi handles. Each comes with a pair of descriptors for `curl_multi_wakeup`, to which libcurl gives no
/// access, and which programs that the host starts would inherit (libcurl 7.88 and before).
///
/// The pair is marked close-on-exec only where it is found for certain: of all descriptors, one alone becomes readable with a
/// wake-up and is not readable without, in many rounds of which only chance says which they are. The host's are looked at in
/// this and never changed.
enum MultiHandle {
  private static let rounds = 24
  private static let attempts = 10
  /// How far from the lowest free number the pair can be expected, and how far it may be at all, where other threads of the
  /// host's open and close descriptors.
  private static let neighbourhood: Int32 = 32
  private static let surroundings: Int32 = 1_024

  /// Nil when memory or descriptors ran out. `own` is any descriptor of ours.
  static func make(_ own: Int32) -> UnsafeMutableRawPointer? {
    for _ in 0..<attempts {
      let near = lowestFree(own)
      guard near >= 0, let multi = StandardStreams.whileTaken({ curl_multi_init() }) else { return nil }
      guard curl_multi_wakeup(multi) == CURLM_OK else {
        curl_multi_cleanup(multi)
        return nil
      }
      drain(multi)
      if mark(multi, near) { return multi }
      // The pair has the number of a standard stream, since the host closed that one in this very moment. Freeing the handle would
      // close the number, whoever has it by then: it stays as it is, for good.
    }
    return nil
  }

  /// The number that the system would give next, above the standard streams.
  private static func lowestFree(_ own: Int32) -> Int32 {
    let number = tpc_posix_duplicate(own, StandardStreams.numbers.upperBound + 1)
    if number >= 0 { close(number) }
    return number
  }

  /// `false` when the pair stands at a standard stream's number. One that is not found at all stays unmarked.
  private static func mark(_ multi: UnsafeMutableRawPointer, _ near: Int32) -> Bool {
    let first = StandardStreams.numbers.upperBound + 1
    let nearby = max(first, near - neighbourhood)...near + neighbourhood
    let everywhere = first...near + surroundings
    guard let reading = responder(multi, nearby, of: .readable) ?? responder(multi, everywhere, of: .readable) else {
      return responder(multi, StandardStreams.numbers, of: .readable) == nil
    }
    // A libcurl that marks it itself marks both ends.
    guard tpc_posix_is_inherited(reading) != 0 else { return true }
    guard let writing = responder(multi, nearby, of: .unread) ?? responder(multi, everywhere, of: .unread) else {
      return responder(multi, StandardStreams.numbers, of: .unread) == nil
    }
    _ = tpc_posix_set_close_on_exec(reading)
    _ = tpc_posix_set_close_on_exec(writing)
    return true
  }

  /// What a wake-up does to an end of the pair.
  private enum Sign { case readable, unread }

  private static func shows(_ sign: Sign, _ number: Int32) -> Bool {
    switch sign {
    case .readable:
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLIN) != 0
    case .unread: return tpc_posix_is_unnamed_local_stream(number) != 0 && tpc_posix_unread_by_peer(number) > 0
    }
  }

  /// The one descriptor that does as the wake-ups do; nil when there is none, or more than one.
  @inline(never)
  private static func responder(
    _ multi: UnsafeMutableRawPointer, _ range: ClosedRange<Int32>, of sign: Sign
  ) -> Int32? {
    guard var candidates = openDescriptors(range) else { return nil }
    var random = Random()
    for round in 0..<rounds where candidates.count > 0 {
      let isWoken = round == 0 || round > 1 && random.next() >> 63 == 1
      if isWoken { curl_multi_wakeup(multi) }
      var kept = GrowableArray<Int32>()
      for number in candidates.elements where shows(sign, number) == isWoken {
        guard kept.append(number) else { return nil }
      }
      if isWoken { drain(multi) }
      candidates = kept
    }
    return candidates.count == 1 ? candidates[0] : nil
  }

  /// Those of a range. Nil when memory ran out.
  private static func openDescriptors(_ range: ClosedRange<Int32>) -> GrowableArray<Int32>? {
    var found = GrowableArray<Int32>()
    for number in range where tpc_posix_is_open(number) != 0 {
      guard found.append(number) else { return nil }
    }
    return found
  }

  private static func drain(_ multi: UnsafeMutableRawPointer) { curl_multi_poll(multi, nil, 0, 0, nil) }
}
