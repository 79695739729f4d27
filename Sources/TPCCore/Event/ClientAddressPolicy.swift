// SPDX-License-Identifier: Apache-2.0

/// What becomes of a visitor's address: the words of the option `client_ip`, in its order.
enum ClientAddressPolicy: Int {
  case full, truncate, omit
}
