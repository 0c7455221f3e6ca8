#pragma once

#include "ike/connection_spec.h"
#include "ike/message.h"

namespace linkspan::ike {

/// `load-conn`: the connection and its children.
[[nodiscard]] Message encode_conn(const ConnectionSpec& spec);

/// `load-shared`: the connection's key, under the connection's name, for the connection's two identities.
[[nodiscard]] Message encode_shared(const ConnectionSpec& spec);

} // namespace linkspan::ike
