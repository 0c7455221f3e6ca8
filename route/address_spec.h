#pragma once

#include "base/ids.h"
#include "base/ip.h"

namespace linkspan::route {

/// An inside address on a tunnel link.
struct AddressSpec {
    LinkName link = {};
    IpInterface address = {};
    ConnectionName connection = {};
    bool operator==(const AddressSpec&) const = default;
};

} // namespace linkspan::route
