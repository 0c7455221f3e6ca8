#include "netlink/answer.h"

#include "netlink/attributes.h"

#include <libmnl/libmnl.h>

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

void for_each_message(std::span<const std::byte> datagram, const Visitor& visit)
{
    const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.data());
    int rest = static_cast<int>(datagram.size());
    for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) visit(*message);
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
