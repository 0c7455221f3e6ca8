#pragma once

#include "ike/connection_spec.h"
#include "ike/message.h"

#include <vector>

namespace linkspan::ike {

/// `load-conn`: the connection and its children.
[[nodiscard]] Message encode_conn(const ConnectionSpec& spec);

/// `load-shared`: the connection's key, under the connection's name, for the connection's two identities.
[[nodiscard]] Message encode_shared(const ConnectionSpec& spec);

/// `load-key`: the private key of our certificate. charon answers with its id.
[[nodiscard]] Message encode_key(const X509& x509);

/// `load-cert`, one each: what helps to verify and is no trust by itself, intermediates and revocation lists.
[[nodiscard]] std::vector<Message> encode_certs(const X509& x509);

} // namespace linkspan::ike
