#include "netlink/attributes.h"

#include <libmnl/libmnl.h>

#include <algorithm>
#include <climits>

namespace linkspan::netlink {

namespace {

const nlattr* front(std::span<const std::byte> bytes)
{
    return reinterpret_cast<const nlattr*>(bytes.data());
}

} // namespace

std::string_view Attribute::text() const
{
    const auto* first = reinterpret_cast<const char*>(payload.data());
    return {first, static_cast<std::size_t>(std::find(first, first + payload.size(), '\0') - first)};
}

Attributes Attribute::nested() const
{
    return Attributes{payload};
}

void Attributes::Iterator::settle()
{
    const int length = static_cast<int>(std::min<std::size_t>(rest_.size(), INT_MAX));
    if (!mnl_attr_ok(front(rest_), length)) rest_ = {};
}

Attribute Attributes::Iterator::operator*() const
{
    const nlattr* attribute = front(rest_);
    return {mnl_attr_get_type(attribute), rest_.subspan(MNL_ATTR_HDRLEN, mnl_attr_get_payload_len(attribute))};
}

Attributes::Iterator& Attributes::Iterator::operator++()
{
    rest_ = rest_.subspan(std::min<std::size_t>(rest_.size(), MNL_ALIGN(front(rest_)->nla_len)));
    settle();
    return *this;
}

std::span<const std::byte> payload_of(const nlmsghdr& message)
{
    if (message.nlmsg_len < MNL_NLMSG_HDRLEN) return {};
    return {static_cast<const std::byte*>(mnl_nlmsg_get_payload(&message)), mnl_nlmsg_get_payload_len(&message)};
}

Attributes attributes_of(const nlmsghdr& message, std::size_t body_size)
{
    const auto payload = payload_of(message);
    return Attributes{payload.subspan(std::min<std::size_t>(payload.size(), MNL_ALIGN(body_size)))};
}

} // namespace linkspan::netlink
