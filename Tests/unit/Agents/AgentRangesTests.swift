// SPDX-License-Identifier: Apache-2.0

import CTPCPOSIX
import Testing

@testable import TPCCore

/// A folder that is removed at the end.
final class RangesFolder {
  private(set) var path = ""

  init() {
    var template = Array("/tmp/tpc-ranges-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? ""
  }

  deinit { remove() }

  func remove() {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      _ = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { unlinkat(dirfd(folder), $0, 0) }
      }
    }
    closedir(folder)
    rmdir(path)
  }

  /// Writes a file as of some days ago, and some nanoseconds, by which versions of a file differ.
  func write(_ name: String, _ text: String, daysAgo: Int = 0, version: Int = 0) {
    let descriptor = tpc_posix_open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = text.withCString { CTPCPOSIX.write(descriptor, $0, strlen($0)) }
    let time = timespec(tv_sec: Int(Clock.wall() / 1000) - daysAgo * 86_400, tv_nsec: version)
    _ = [time, time].withUnsafeBufferPointer { futimens(descriptor, $0.baseAddress) }
    close(descriptor)
  }

  var options: Options {
    var options = Options()
    _ = withBytes(path) { try? options.set(.aiRangesFolder, $0) }
    return options
  }

  /// A verifier for the folder, or the message of its fault.
  func verifier(now: Int64 = 0) -> (verifier: AgentVerifier?, fault: String) {
    do throws(Failure) { return (try AgentVerifier.verifier(options, now: now), "") } catch {
      return (nil, String(decoding: error.message, as: UTF8.self))
    }
  }
}

extension AgentVerifier {
  /// What it says about an address and an agent.
  func says(_ agent: String, _ address: String) -> Bool? {
    withBytes(agent) { agent in
      withBytes(address) { address in
        AIAgent.named(in: agent).flatMap { agent in IPAddress(address).flatMap { finding(agent, $0)?.isVerified } }
      }
    }
  }
}

@Suite("The networks of agents")
struct AgentRangesTests {
  @Test("Findings are joined: a true one beats a false one, and of equals a signature beats an address")
  func joined() {
    let all = [true, false].flatMap { isTrue in
      [.signature, .ip].map { AgentVerification(isVerified: isTrue, evidence: $0) }
    }
    for (rank, one) in all.enumerated() {
      for (otherRank, other) in all.enumerated() {
        #expect(AgentVerification.joined(one, other) == all[min(rank, otherRank)])
      }
      #expect(AgentVerification.joined(one, nil) == one && AgentVerification.joined(nil, one) == one)
    }
    #expect(AgentVerification.joined(nil, nil) == nil)
  }

  @Test("Networks are found in every shape, whatever their order, and however they lie within each other")
  func shapes() {
    let texts = [
      #"{"prefixes":[{"ipv4Prefix":"192.0.2.64/26"},{"ipv4Prefix":"192.0.2.0/28"},{"ipv6Prefix":"2001:db8::/32"}]}"#,
      #" ["2001:db8::/32", "192.0.2.64/26", "192.0.2.64/27", "192.0.2.0/28", "192.0.2.5"]"#,
      "# a list\n\n192.0.2.99/26\r\n 2001:DB8::/32#\n192.0.2.0/29\n192.0.2.8/29",
      #"{"prefixes":[{"ipv4Prefix":"192.0.2.64/26","ipv6Prefix":"2001:db8::/32"},"192.0.2.0/28"],"creationTime":"x"}"#,
    ]
    for text in texts {
      let folder = RangesFolder()
      folder.write("GPTBot.json", text)
      let (verifier, fault) = folder.verifier()
      #expect(fault == "")
      for address in ["192.0.2.0", "192.0.2.15", "192.0.2.64", "192.0.2.127", "2001:db8::", "2001:db8:ffff::1", "::ffff:192.0.2.70"] {
        #expect(verifier?.says("GPTBot", address) == true, "\(text) \(address)")
      }
      for address in ["192.0.1.255", "192.0.2.16", "192.0.2.63", "192.0.2.128", "2001:db7::", "2001:db9::", "::", "255.255.255.255"] {
        #expect(verifier?.says("GPTBot", address) == false, "\(text) \(address)")
      }
      #expect(verifier?.says("CCBot", "192.0.2.1") == nil)
    }
  }

  @Test("A fault is told with the file and its place, and without the file's own text")
  func faults() {
    let network = "expected a network such as 192.0.2.0/24"
    let texts: [(String, String)] = [
      ("", ": expected at least one network"), ("# none\n", ": expected at least one network"), ("[]", ": expected at least one"),
      ("192.0.2.0/24\nx", ", line 2: \(network)"), ("192.0.2.0/24 192.0.2.0/24", ", line 1: \(network)"), ("1.2.3.4/33", ", line 1: \(network)"),
      ("9.0.0.0/7", ", line 1: \(network)"), ("0.0.0.0/0", ", line 1: \(network)"), ("::/0", ", line 1: \(network)"),
      ("2001::/18", ", line 1: \(network)"), ("::/19", ", line 1: \(network)"), ("::ffff:0:0/96", ", line 1: \(network)"),
      ("::ffff:9.0.0.0/103", ", line 1: \(network)"), ("::fffe:0:0/95", ", line 1: \(network)"),
      ("{}", ": expected an array of networks, or an object that has one as prefixes"), (#"{"prefixes":5}"#, ": expected an array"),
      ("[5]", ", /0: \(network)"), (#"["192.0.2.0/24","secret"]"#, ", /1: \(network)"), ("[{}]", ", /0: \(network)"),
      (#"{"prefixes":[{"ipv4Prefix":"192.0.2.0/24","ipv6Prefix":"x"}]}"#, ", /prefixes/0: \(network)"),
      (#"{"prefixes":[{"ipv4Prefix":null}]}"#, ", /prefixes/0: \(network)"), ("[\n\"", ", line 2, byte 2: expected"),
      (String(repeating: "[", count: 17) + String(repeating: "]", count: 17), ", line 1, byte 17: expected at most 16 levels"),
      (#"{"prefixes":[],"prefixes":[]}"#, ", line 1, byte "), (String(repeating: "#", count: 1_048_577), ": expected at most 1,048,576 bytes"),
    ]
    for (text, expected) in texts {
      let folder = RangesFolder()
      folder.write("GPTBot.txt", text)
      #expect(folder.verifier().fault.hasPrefix("the file GPTBot.txt\(expected)"), "\(text.prefix(60)): \(folder.verifier().fault)")
    }
    let (eight, nineteen) = (RangesFolder(), RangesFolder())
    eight.write("GPTBot.txt", "9.0.0.0/8\n::ffff:8.0.0.0/104")
    nineteen.write("GPTBot.txt", "2001:e000::/19")
    #expect(eight.verifier().verifier?.says("GPTBot", "9.255.0.1") == true && nineteen.verifier().fault == "")
  }

  @Test("Other files are not read, and a folder without lists says nothing")
  func others() {
    let folder = RangesFolder()
    for name in [".GPTBot.json", "GPTBot.json.new", "GPTBot", "README.md", "xjson"] { folder.write(name, "x") }
    let (verifier, fault) = folder.verifier()
    #expect(fault == "" && verifier?.says("GPTBot", "192.0.2.1") == nil)
  }

  @Test("All files together hold at most 100,000 networks, and that many are found")
  func limits() {
    let folder = RangesFolder()
    for part in 0..<2 {
      let lines = (0..<50_000).reversed().map { "9.\(part * 100 + $0 / 512).\($0 / 2 % 256).\($0 % 2 * 128)/26" }
      folder.write(part == 0 ? "GPTBot.txt" : "OpenAI.txt", lines.joined(separator: "\n"))
    }
    let verifier = folder.verifier().verifier
    #expect(verifier?.says("GPTBot", "9.97.167.190") == true && verifier?.says("GPTBot", "9.197.0.1") == true)
    #expect(verifier?.says("GPTBot", "9.97.167.192") == false)
    folder.write("CCBot.txt", "192.0.2.1")
    #expect(folder.verifier().fault.contains("at most 100,000 networks in all files"))
  }

  @Test("A list that is too old says nothing, and keeps another from saying no")
  func age() {
    let folder = RangesFolder()
    folder.write("GPTBot.txt", "192.0.2.0/24", daysAgo: 31)
    folder.write("CCBot.txt", "192.0.2.0/24", daysAgo: 29)
    let old = folder.verifier().verifier
    #expect(old?.says("GPTBot", "192.0.2.1") == nil && old?.says("GPTBot", "198.51.100.1") == nil)
    #expect(old?.says("CCBot", "192.0.2.1") == true && old?.says("CCBot", "198.51.100.1") == false)
    folder.write("openai.txt", "198.51.100.0/24")
    let both = folder.verifier().verifier
    #expect(both?.says("GPTBot", "198.51.100.1") == true && both?.says("GPTBot", "203.0.113.1") == nil)
  }
}

@Suite("The networks of agents while a client runs")
struct AgentVerifierTests {
  /// The lines that looks have logged since the last time.
  private func lines(_ file: Int32) -> [String] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = max(0, pread(file, &buffer, buffer.count, 0))
    _ = ftruncate(file, 0)
    lseek(file, 0, SEEK_SET)
    return String(decoding: buffer[..<length], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("Files are looked at once a minute; what is wrong is told once and leaves the old in force")
  func looks() {
    let folder = RangesFolder()
    folder.write("GPTBot.txt", "192.0.2.0/24", version: 1)
    guard let verifier = folder.verifier(now: 1000).verifier else { Issue.record("no verifier"); return }
    let file = tpc_posix_memory_file("log")
    let log = Log(level: .warn, descriptor: file)
    var now: Int64 = 1000
    func isOld() -> Bool { verifier.says("GPTBot", "192.0.2.1") == true && verifier.says("GPTBot", "198.51.100.1") == false }
    func isNew() -> Bool { verifier.says("GPTBot", "192.0.2.1") == false && verifier.says("GPTBot", "198.51.100.1") == true }

    folder.write("GPTBot.txt", "198.51.100.0/24", version: 2)
    #expect(verifier.look(now: now + 59_999, log) == 1 && isOld())
    now += 60_000
    #expect(verifier.look(now: now, log) == 60_000 && isNew() && lines(file) == [])

    // Half a file, whose length is that of the whole.
    folder.write("GPTBot.txt", "192.0.2.0/24\n19", version: 3)
    for _ in 0..<3 {
      now += 60_000
      _ = verifier.look(now: now, log)
    }
    let told = lines(file)
    #expect(isNew() && told.count == 1)
    #expect(told.first?.hasPrefix("tpc: warn: ai_ranges_dir: the file GPTBot.txt, line 2: expected a network") == true)
    #expect(told.first?.hasSuffix("; what was read before stays in force") == true)

    folder.write("GPTBot.txt", "192.0.2.0/24\n", version: 4)
    now += 60_000
    _ = verifier.look(now: now, log)
    #expect(isOld() && lines(file) == [])

    folder.remove()
    for _ in 0..<3 {
      now += 60_000
      _ = verifier.look(now: now, log)
    }
    #expect(isOld() && lines(file) == ["tpc: warn: ai_ranges_dir: the file: expected a folder that this process can read; what was read before stays in force"])
    close(file)
  }

  @Test("That a file has become too old is told once, and again when another one has")
  func ages() {
    let folder = RangesFolder()
    folder.write("GPTBot.txt", "192.0.2.0/24", daysAgo: 31, version: 1)
    guard let verifier = folder.verifier(now: 0).verifier else { Issue.record("no verifier"); return }
    let file = tpc_posix_memory_file("log")
    let log = Log(level: .warn, descriptor: file)
    let said = ["tpc: warn: ai_ranges_dir: a file is older than ai_ranges_max_age_days and counts as missing"]
    for (minute, days) in [31, 31, 1, 1, 32].enumerated() {
      folder.write("GPTBot.txt", "192.0.2.0/24", daysAgo: days, version: days)
      _ = verifier.look(now: Int64(minute + 1) * 60_000, log)
      #expect(lines(file) == (minute == 0 || minute == 4 ? said : []), "\(minute)")
      #expect(verifier.says("GPTBot", "192.0.2.1") == (days > 30 ? nil : true))
    }
    close(file)
  }

  @Test("A renamed file is another agent's")
  func renamed() {
    let folder = RangesFolder()
    folder.write("GPTBot.txt", "192.0.2.0/24", version: 1)
    guard let verifier = folder.verifier(now: 0).verifier else { Issue.record("no verifier"); return }
    rename("\(folder.path)/GPTBot.txt", "\(folder.path)/CCBot.txt")
    _ = verifier.look(now: 60_000, Log(level: .off, descriptor: 2))
    #expect(verifier.says("GPTBot", "192.0.2.1") == nil && verifier.says("CCBot", "192.0.2.1") == true)
  }
}
