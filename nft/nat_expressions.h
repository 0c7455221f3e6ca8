#pragma once

#include "netlink/message.h"
#include "nft/nat_layout.h"

#include <variant>

namespace linkspan::nft {

/// The expressions of a rule, in the order in which the kernel evaluates them.
void put_expressions(const std::variant<Gate, Jump, Translate>& what, netlink::Message& message);

} // namespace linkspan::nft
