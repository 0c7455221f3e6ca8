#include "netlink/link_names.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace linkspan::netlink {

Result<> LinkNames::ensure_open()
{
    if (fd_) return {};
    fd_ = Fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)}; // any socket answers for its namespace's links
    if (!fd_) return sys_error(errno, "socket for link names");
    return {};
}

Result<IfIndex> LinkNames::index_of(const LinkName& name)
{
    if (const auto known = indexes_.find(name); known != indexes_.end()) return known->second;
    TRY(ensure_open());
    ifreq request{};
    if (name.value.size() >= sizeof request.ifr_name) return sys_error(ENODEV, "link " + name.value);
    std::ranges::copy(name.value, request.ifr_name);
    if (::ioctl(fd_.get(), SIOCGIFINDEX, &request) < 0) return sys_error(errno, "link " + name.value);
    return indexes_[name] = IfIndex{static_cast<std::uint32_t>(request.ifr_ifindex)};
}

const LinkName& LinkNames::name_of(IfIndex index)
{
    const auto [known, fresh] = names_.try_emplace(index);
    if (!fresh || !ensure_open()) return known->second;
    ifreq request{};
    request.ifr_ifindex = static_cast<int>(index.value);
    if (::ioctl(fd_.get(), SIOCGIFNAME, &request) == 0)
        known->second = {std::string{request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name)}};
    return known->second;
}

} // namespace linkspan::netlink
