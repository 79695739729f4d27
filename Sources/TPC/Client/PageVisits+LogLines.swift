// SPDX-License-Identifier: Apache-2.0

#if Logging
  internal import Logging
  internal import TPCCore
#endif

extension PageVisits {
  /// Passes the log lines that the core keeps on to the logger.
  @inline(__always)
  func takeLogLines() {
    #if Logging
      if let logger = configuration.logger { PageVisits.takeLogLines(to: logger) }
    #endif
  }

  #if Logging
    private static func takeLogLines(to logger: Logger) {
      var line = ""
      // Not without end, even if the logger's own work brings about the next line.
      var most = 32
      while most > 0, (try? KeptLines.take { line = String($0) }) == true {
        most -= 1
        let (level, text) = split(line)
        logger.log(level: level, "\(text)")
      }
    }

    /// A line such as "warn: text".
    private static func split(_ line: String) -> (level: Logger.Level, text: Substring) {
      guard let end = line.firstRange(of: ": ") else { return (.warning, line[...]) }
      let text = line[end.upperBound...]
      switch line[..<end.lowerBound] {
      case "error": return (.error, text)
      case "warn": return (.warning, text)
      case "info": return (.info, text)
      case "debug": return (.debug, text)
      default: return (.warning, line[...])
      }
    }
  #endif
}
