#include "netlink/message.h"

#include "base/secret.h"

#include <libmnl/libmnl.h>

#include <algorithm>

namespace linkspan::netlink {

Message::~Message()
{
    if (content_ == Content::Secret) Secret::wipe({reinterpret_cast<char*>(buffer_.data()), header().nlmsg_len});
}

void Message::reset(std::uint16_t type, std::uint16_t flags)
{
    nlmsghdr* head = mnl_nlmsg_put_header(buffer_.data());
    head->nlmsg_type = type;
    head->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    ok_ = true;
}

void* Message::extend(std::size_t size)
{
    return mnl_nlmsg_put_extra_header(&header(), size);
}

Message& Message::bytes(std::uint16_t type, std::span<const std::byte> value)
{
    ok_ = ok_ && mnl_attr_put_check(&header(), capacity, type, value.size(), value.data());
    if (!ok_) return *this;
    // libmnl before 1.0.5 leaves the padding as it finds it.
    const std::size_t padding = MNL_ALIGN(value.size()) - value.size();
    std::fill_n(static_cast<char*>(mnl_nlmsg_get_payload_tail(&header())) - padding, padding, '\0');
    return *this;
}

Message& Message::text(std::uint16_t type, std::string_view value)
{
    const std::size_t length = MNL_ATTR_HDRLEN + MNL_ALIGN(value.size() + 1);
    ok_ = ok_ && header().nlmsg_len + length <= capacity;
    if (!ok_) return *this;
    auto* attribute = static_cast<nlattr*>(mnl_nlmsg_get_payload_tail(&header()));
    auto* payload = static_cast<char*>(mnl_attr_get_payload(attribute));
    attribute->nla_type = type;
    attribute->nla_len = static_cast<std::uint16_t>(MNL_ATTR_HDRLEN + value.size() + 1);
    std::fill_n(payload, length - MNL_ATTR_HDRLEN, '\0');
    std::copy(value.begin(), value.end(), payload);
    header().nlmsg_len += static_cast<std::uint32_t>(length);
    return *this;
}

nlattr* Message::open_nest(std::uint16_t type)
{
    nlattr* start = ok_ ? mnl_attr_nest_start_check(&header(), capacity, type) : nullptr;
    ok_ = start != nullptr;
    return start;
}

void Message::close_nest(nlattr* start)
{
    if (start) mnl_attr_nest_end(&header(), start);
}

} // namespace linkspan::netlink
