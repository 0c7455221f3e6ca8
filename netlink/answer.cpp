#include "netlink/answer.h"

#include "netlink/attributes.h"

#include <libmnl/libmnl.h>

#include <algorithm>

namespace linkspan::netlink {

namespace {

/// Where the extended-ack attributes of an NLMSG_ERROR start: behind the request it echoes, or behind that one's
/// header alone where the kernel left the rest out (NLM_F_CAPPED).
std::size_t error_body_size(const nlmsghdr& message, const nlmsgerr& error)
{
    if (message.nlmsg_flags & NLM_F_CAPPED) return sizeof(nlmsgerr);
    return sizeof(nlmsgerr) - sizeof(nlmsghdr) + MNL_ALIGN(static_cast<std::size_t>(error.msg.nlmsg_len));
}

std::string kernel_text(const nlmsghdr& message, std::size_t body_size)
{
    if (!(message.nlmsg_flags & NLM_F_ACK_TLVS)) return {};
    for (const Attribute attribute : attributes_of(message, body_size))
        if (attribute.type == NLMSGERR_ATTR_MSG) return std::string{attribute.text()};
    return {};
}

/// `err` as the kernel sends it: 0 or a negative errno.
Result<> outcome(int err, const std::string& what, const std::string& text)
{
    if (err == 0) return {};
    if (err > 0 || err < -4095) return failure(Kind::Protocol, what + ": the kernel answered no errno");
    auto failed = sys_error(-err, what);
    if (!text.empty()) failed.error().what += " (" + text + ")";
    return failed;
}

} // namespace

/// Not mnl_nlmsg_ok(): it compares as int, and takes a length of 2 GiB and more for a negative one that fits.
void for_each_message(std::span<const std::byte> datagram, const Visitor& visit)
{
    while (datagram.size() >= sizeof(nlmsghdr)) {
        const auto& message = *reinterpret_cast<const nlmsghdr*>(datagram.data());
        if (message.nlmsg_len < sizeof(nlmsghdr) || message.nlmsg_len > datagram.size()) return;
        visit(message);
        datagram = datagram.subspan(std::min<std::size_t>(datagram.size(), MNL_ALIGN(std::size_t{message.nlmsg_len})));
    }
}

Result<> outcome_of(const nlmsghdr& message, const std::string& what)
{
    if (message.nlmsg_type == NLMSG_DONE)
        return outcome(body_of<int>(message).value_or(0), what, kernel_text(message, sizeof(int)));
    const auto error = body_of<nlmsgerr>(message);
    if (!error) return failure(Kind::Protocol, what + ": the kernel sent half an answer");
    return outcome(error->error, what, kernel_text(message, error_body_size(message, *error)));
}

} // namespace linkspan::netlink
