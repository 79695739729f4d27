// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
internal import TPCCore

/// Why a call failed: which field or option, what was found and what is accepted.
///
/// It never contains the value itself, which may be a credential or a visitor's data. So it can be logged as it is:
///
/// ```swift
/// do {
///   try visits.track(Visit(href: "/pricing"))
/// } catch {
///   print(error)  // /page/href: found …; expected …
/// }
/// ```
public struct TPCError: Error, Sendable, Hashable {
  /// The kinds of failures.
  ///
  /// ```swift
  /// do {
  ///   try visits.track(visit)
  /// } catch where error.code == .queueFull {
  ///   // The endpoint has not answered for a while; this visit is not sent.
  /// }
  /// ```
  public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
    /// A value that the call does not take, such as a web request without a method.
    case invalidArgument
    /// An option with a value that it does not accept, or options that contradict each other. ``TPCError/field`` is the option's name,
    /// or the variable's.
    case invalidOption
    /// The contract refuses the visit. ``TPCError/field`` is a JSON pointer, such as `/page/href`.
    case invalidEvent
    /// The text is not JSON.
    case invalidJSON
    /// The visit is larger than ``Configuration/maxEventBytes``.
    case tooLarge
    /// The queue is full: see ``Configuration/queueMaxEvents``.
    case queueFull
    /// `PageVisits` is closed.
    case closed
    /// Memory ran out.
    case noMemory
    /// The system refuses something, such as a thread.
    case system
  }

  /// The kind of failure.
  public let code: Code
  /// An option's name as in the table of options, a variable's, or a JSON pointer (RFC 6901). Empty when no single one is to blame.
  public let field: String
  /// One English sentence: what was found, and what is accepted.
  public let message: String

  init(_ failure: Failure) {
    code = Code(failure.status)
    field = String(decoding: failure.field, as: UTF8.self)
    message = String(decoding: failure.message, as: UTF8.self)
  }
}

extension TPCError: LocalizedError, CustomStringConvertible {
  /// The field and the message, as one line.
  public var description: String { field.isEmpty ? message : "\(field): \(message)" }

  /// The same, which `localizedDescription` returns.
  public var errorDescription: String? { description }
}

extension TPCError.Code {
  fileprivate init(_ status: Status) {
    switch status {
    case .invalidOption: self = .invalidOption
    case .invalidEvent: self = .invalidEvent
    case .invalidJSON: self = .invalidJSON
    case .tooLarge: self = .tooLarge
    case .queueFull: self = .queueFull
    case .closed: self = .closed
    case .noMemory: self = .noMemory
    case .invalidArgument: self = .invalidArgument
    // No call of this module fails with the first three.
    case .ok, .timeout, .bufferTooSmall, .system: self = .system
    }
  }
}

/// Runs a call of the core and turns its failure into the error that a user sees.
@inline(__always)
func call<Result: ~Copyable>(_ body: () throws(Failure) -> Result) throws(TPCError) -> Result {
  do throws(Failure) { return try body() } catch { throw TPCError(error) }
}
