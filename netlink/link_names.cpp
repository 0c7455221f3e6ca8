#include "netlink/link_names.h"

#include "base/fd.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace linkspan::netlink {
namespace {

Result<IfIndex> ask_index(int socket, const LinkName& name)
{
    ifreq request{};
    if (name.value.size() >= sizeof request.ifr_name) return sys_error(ENODEV, "link " + name.value);
    std::ranges::copy(name.value, request.ifr_name);
    if (::ioctl(socket, SIOCGIFINDEX, &request) < 0) return sys_error(errno, "link " + name.value);
    return IfIndex{static_cast<std::uint32_t>(request.ifr_ifindex)};
}

Result<LinkName> ask_name(int socket, IfIndex index)
{
    ifreq request{};
    request.ifr_ifindex = static_cast<int>(index.value);
    if (::ioctl(socket, SIOCGIFNAME, &request) < 0) return sys_error(errno, "link " + std::to_string(index.value));
    return LinkName{std::string{request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name)}};
}

} // namespace

LinkNames LinkNames::of_kernel()
{
    // Any socket answers for the links of its namespace; an ioctl costs a tenth of an RTM_GETLINK.
    const auto socket = std::make_shared<const Fd>(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return LinkNames{{.index_of = [socket](const LinkName& name) { return ask_index(socket->get(), name); },
                      .name_of = [socket](IfIndex index) { return ask_name(socket->get(), index); }}};
}

Result<IfIndex> LinkNames::index_of(const LinkName& name)
{
    if (const auto known = indexes_.find(name); known != indexes_.end()) return known->second;
    auto index = source_.index_of(name);
    if (index) indexes_.emplace(name, *index);
    return index;
}

const LinkName& LinkNames::name_of(IfIndex index)
{
    const auto [known, fresh] = names_.try_emplace(index);
    if (fresh) known->second = source_.name_of(index).value_or(LinkName{});
    return known->second;
}

} // namespace linkspan::netlink
