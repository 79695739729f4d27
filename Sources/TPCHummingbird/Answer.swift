// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
  internal import FoundationEssentials
  internal import Hummingbird
  internal import Synchronization
  internal import TPC

  /// The answer to one request, until its visit is tracked or it is clear that there is none.
  final class Answer<Context: RequestContext>: Sendable {
    private let request: Request
    private let context: Context
    private let middleware: TrackPageVisits<Context>
    private let came = ContinuousClock.now
    private let state = Atomic<State>(.announced)

    private enum State: UInt8, AtomicRepresentable {
      /// Nothing but the head can have been sent.
      case announced
      /// Some of the body was sent.
      case begun
      case ended
    }

    init(to request: Request, in context: Context, by middleware: TrackPageVisits<Context>) {
      self.request = request
      self.context = context
      self.middleware = middleware
    }

    /// The response, whose body says when it is sent.
    func watched(_ response: Response) -> Response {
      guard state.load(ordering: .relaxed) != .ended else { return response }
      let body = response.body
      var watched = response
      watched.body = ResponseBody(contentLength: body.contentLength) { writer in
        do {
          try await body.write(WatchedWriter(writer: writer, begin: self.begin) { await self.end(response) })
        } catch {
          // A reader who leaves, or a page that breaks: what was sent counts.
          await self.end(response)
          throw error
        }
        await self.end(response)
      }
      return watched
    }

    /// The response is as good as sent.
    func complete(_ response: Response) async {
      begin()
      await end(response)
    }

    /// The handler has thrown: Hummingbird answers with the error's status.
    func fail(_ error: any Error) async {
      await complete(Response(status: (error as? any HTTPResponseError)?.status ?? .internalServerError))
    }

    private func begin() { _ = state.compareExchange(expected: .announced, desired: .begun, ordering: .relaxed) }

    /// Tracks the visit if anything was sent; once.
    private func end(_ response: Response) async {
      guard state.exchange(.ended, ordering: .relaxed) == .begun else { return }
      do {
        let webRequest = WebRequest(request, context, response, scheme: middleware.scheme)
        if let edit = middleware.edit {
          try await track(webRequest, response, edit)
        } else {
          try middleware.visits.track(webRequest, adding: isLong ? Visit(occurredAt: moment) : nil)
        }
      } catch {
        Faults.log("a page visit was not tracked", error)
      }
    }

    private func track(_ webRequest: WebRequest, _ response: Response, _ edit: TrackPageVisits<Context>.Edit) async throws {
      var visit = try middleware.visits.visit(from: webRequest, adding: Visit(occurredAt: moment))
      guard visit != nil else { return }
      do {
        try await edit(&visit, request, response, context)
      } catch {
        return Faults.log("a page visit was withheld, since the hook edit failed", error)
      }
      if let visit { try middleware.visits.track(visit) }
    }

    /// Whether the end of the response will not do for the time of the visit.
    private var isLong: Bool { ContinuousClock.now - came > .milliseconds(100) }

    /// When the request came, to the millisecond.
    private var moment: Date {
      let (seconds, attoseconds) = (ContinuousClock.now - came).components
      let elapsed = Double(seconds) + Double(attoseconds) / 1e18
      return Date(timeIntervalSince1970: ((Date().timeIntervalSince1970 - elapsed) * 1000).rounded(.down) / 1000)
    }
  }

  /// Passes a body on and says when its first bytes and its end were sent.
  private struct WatchedWriter: ResponseBodyWriter {
    var writer: any ResponseBodyWriter
    let begin: @Sendable () -> Void
    let end: @Sendable () async -> Void

    mutating func write(_ buffer: ByteBuffer) async throws {
      try await writer.write(buffer)
      if buffer.readableBytes > 0 { begin() }
    }

    mutating func write(contentsOf buffers: some Sequence<ByteBuffer>) async throws {
      var hasBytes = false
      try await writer.write(contentsOf: buffers.lazy.map { buffer in
        if buffer.readableBytes > 0 { hasBytes = true }
        return buffer
      })
      if hasBytes { begin() }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
      try await writer.finish(trailingHeaders)
      begin()
      await end()
    }
  }
#endif
