#include "vti/observe.h"

#include "vti/codec.h"

namespace linkspan::vti {
namespace {

/// Above this many names one dump of all is cheaper than asking for each.
constexpr std::size_t dump_above = 64;

Result<> refresh_one(netlink::Socket& socket, Observed& observed, const LinkName& name)
{
    netlink::Message message;
    encode_get(message, name);
    std::optional<std::pair<LinkName, Link>> found;
    const auto outcome =
        socket.get(message, "read link " + name.value, [&](const nlmsghdr& answer) { found = decode(answer); });
    if (!outcome && outcome.error().kind != Kind::NotFound) return outcome;
    if (found)
        observed.insert_or_assign(name, std::move(found->second));
    else
        observed.erase(name);
    return {};
}

} // namespace

Result<Observed> observe(netlink::Socket& socket)
{
    netlink::Message message;
    encode_dump(message);
    Observed observed;
    TRY(socket.dump(message, "read links", [&](const nlmsghdr& answer) {
        if (auto found = decode(answer)) observed.insert(std::move(*found));
    }));
    return observed;
}

Result<> refresh(netlink::Socket& socket, Observed& observed, std::span<const LinkName> names)
{
    if (names.size() > dump_above) {
        auto all = observe(socket);
        if (!all) return std::unexpected(std::move(all).error());
        observed = *std::move(all);
        return {};
    }
    for (const auto& name : names) TRY(refresh_one(socket, observed, name));
    return {};
}

} // namespace linkspan::vti
