// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import TPCCore

/// A destination's folder that is being emptied.
final class DrainedFolder {
  let client: Client
  let number: UInt64
  /// Nil once it is known that somebody removed it.
  private var folder: SpoolFolder?
  private let watch = Stopwatch()
  private var answered: UInt64 = 0
  private var answeredAtMilliseconds = 0

  /// Begins to send. Fails if the library refuses the folder.
  init(_ client: Client, _ number: UInt64, in spool: SpoolFolder) throws(UsageError) {
    self.client = client
    self.number = number
    let flaw: StaticString?
    do throws(Failure) {
      flaw = try client.drain()
    } catch {
      throw UsageError(error.message, isAboutArguments: false)
    }
    folder = spool.destination(number)
    guard let flaw else { return }
    throw UsageError((folder?.path ?? spool.path) + [UInt8](": ") + [UInt8](flaw), isAboutArguments: false)
  }

  /// Whether the folder is still the one that is at its path.
  var isInPlace: Bool { folder?.isInPlace ?? false }

  /// How long the endpoint has taken nothing.
  var unansweredMilliseconds: Int {
    let statistics = client.statistics
    let now = statistics.delivered + statistics.rejected + statistics.expired
    if now != answered {
      answered = now
      answeredAtMilliseconds = watch.elapsedMilliseconds
    }
    return watch.elapsedMilliseconds - answeredAtMilliseconds
  }
}
