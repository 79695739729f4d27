// SPDX-License-Identifier: Apache-2.0

import TPCCore

/// What to check when an endpoint does not take events.
enum ConfigurationAdvice {
  /// Prints the advice about the last answer's status; 0 when there was none.
  static func print(httpStatus status: Int) {
    Output.standard.flush()
    let advice: StaticString =
      switch status {
      case 0: "no answer came from the endpoint; check the network and base_url"
      case 401: "HTTP 401: the endpoint does not accept the credential; "
      case 403: "HTTP 403: the credential may not send events; "
      case 404: "HTTP 404: the endpoint, organization or product was not found; "
      case 407: "HTTP 407: the proxy wants other credentials; check proxy"
      case 300...399: "the endpoint redirects, which is never followed; check base_url"
      default: "the endpoint did not take the event in time; try again later"
      }
    Output.error.put("tpc-events: ")
    Output.error.put(advice)
    if status == 401 || status == 403 || status == 404 {
      Output.error.put("check the key (TPC_API_KEY or --api-key), its scope analytics:write, organization, product and base_url")
    }
    Output.error.put("\n")
    Output.error.flush()
  }
}
