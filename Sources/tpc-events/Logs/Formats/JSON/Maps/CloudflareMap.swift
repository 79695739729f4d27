// SPDX-License-Identifier: Apache-2.0

extension JSONMap {
  /// Cloudflare's HTTP requests of Logpush and Logpull. Requests of the zone's own workers are not visits.
  static var cloudflare: JSONMap {
    JSONMap(
      members: [
        Member("EdgeStartTimestamp", .time), Member("EdgeEndTimestamp", .time),
        Member("ClientIP", .client),
        Member("ClientRequestHost", .host), Member("ClientRequestScheme", .scheme), Member("ClientSSLProtocol", .tls),
        Member("ClientRequestMethod", .method), Member("ClientRequestURI", .target), Member("ClientRequestPath", .path),
        Member("EdgeResponseStatus", .status), Member("EdgeResponseBytes", .bytes), Member("EdgeResponseBodyBytes", .bytes),
        Member("ClientRequestReferer", .referrer), Member("ClientRequestUserAgent", .userAgent), Member("RayID", .requestID),
        Member("ClientRequestSource", .kind),
      ],
      kind: "eyeball",
      missing: MissingMembers(
        time: "has neither EdgeStartTimestamp nor EdgeEndTimestamp (the job's fields need one)",
        method: "has no ClientRequestMethod (the job's fields need it)",
        target: "has neither ClientRequestURI nor ClientRequestPath (the job's fields need one)",
        status: "has no EdgeResponseStatus (the job's fields need it)"))
  }
}
