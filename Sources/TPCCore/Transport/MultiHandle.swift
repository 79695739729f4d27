// SPDX-License-Identifier: Apache-2.0

import CTPCCurl
import CTPCPOSIX

/// Makes libcurl's multi handles. Each has a pair of descriptors for `curl_multi_wakeup`, which libcurl does not
/// expose, and which programs started by the host would inherit (libcurl 7.88 and older).
///
/// The pair is marked close-on-exec only if it is identified beyond doubt: among all descriptors, only one becomes
/// readable with each wake-up and is not readable without one, in many rounds that are chosen at random. The host's
/// descriptors are inspected for this and never changed.
enum MultiHandle {
  private static let rounds = 24
  private static let attempts = 10
  /// How far from the lowest free number the pair is expected, and how far it may be at all, given that other threads
  /// of the host open and close descriptors.
  private static let neighborhood: Int32 = 32
  private static let surroundings: Int32 = 1_024

  /// Makes a handle. Nil when memory or descriptors ran out. `own` is any descriptor of ours.
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
      // The pair got the number of a standard stream because the host closed that stream just now. Freeing the handle
      // would close the number, whoever owns it by then, so this handle is leaked on purpose.
    }
    return nil
  }

  /// The lowest free descriptor number above the standard streams.
  private static func lowestFree(_ own: Int32) -> Int32 {
    let number = tpc_posix_duplicate(own, StandardStreams.numbers.upperBound + 1)
    if number >= 0 { close(number) }
    return number
  }

  /// Marks the pair close-on-exec; a pair that is not found stays unmarked. `false` if the pair has the number of a
  /// standard stream.
  private static func mark(_ multi: UnsafeMutableRawPointer, _ near: Int32) -> Bool {
    let first = StandardStreams.numbers.upperBound + 1
    let nearby = max(first, near - neighborhood)...near + neighborhood
    let everywhere = first...near + surroundings
    guard let reading = responder(multi, nearby, of: .readable) ?? responder(multi, everywhere, of: .readable) else {
      return responder(multi, StandardStreams.numbers, of: .readable) == nil
    }
    // If libcurl marks descriptors itself, it has marked both ends.
    guard tpc_posix_is_inherited(reading) != 0 else { return true }
    guard let writing = responder(multi, nearby, of: .unread) ?? responder(multi, everywhere, of: .unread) else {
      return responder(multi, StandardStreams.numbers, of: .unread) == nil
    }
    _ = tpc_posix_set_close_on_exec(reading)
    _ = tpc_posix_set_close_on_exec(writing)
    return true
  }

  /// The effect of a wake-up on one end of the pair.
  private enum Sign { case readable, unread }

  private static func shows(_ sign: Sign, _ number: Int32) -> Bool {
    switch sign {
    case .readable:
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLIN) != 0
    case .unread: return tpc_posix_is_unnamed_local_stream(number) != 0 && tpc_posix_unread_by_peer(number) > 0
    }
  }

  /// The only descriptor that reacts to every wake-up; nil if there is none, or more than one.
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

  /// The open descriptors of a range. Nil when memory ran out.
  private static func openDescriptors(_ range: ClosedRange<Int32>) -> GrowableArray<Int32>? {
    var found = GrowableArray<Int32>()
    for number in range where tpc_posix_is_open(number) != 0 {
      guard found.append(number) else { return nil }
    }
    return found
  }

  private static func drain(_ multi: UnsafeMutableRawPointer) { curl_multi_poll(multi, nil, 0, 0, nil) }
}
