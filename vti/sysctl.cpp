#include "vti/sysctl.h"

#include "base/fd.h"

#include <fcntl.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace linkspan::vti {
namespace {

constexpr std::uint32_t addr_gen_none = 1; // IN6_ADDR_GEN_MODE_NONE

/// The array's value, or `wanted` where this kernel's array ends before it.
std::uint32_t value_at(std::span<const std::byte> conf, std::size_t index, std::uint32_t wanted)
{
    std::uint32_t value = wanted;
    if (conf.size() >= (index + 1) * sizeof value) std::memcpy(&value, &conf[index * sizeof value], sizeof value);
    return value;
}

bool holds(std::span<const std::byte> conf, std::size_t index, std::uint32_t wanted)
{
    return value_at(conf, index, wanted) == wanted;
}

Result<> write_sysctl(const std::string& path, std::string_view value)
{
    const Fd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file && errno == ENOENT) return {};
    if (!file || ::write(file.get(), value.data(), value.size()) < 0) return sys_error(errno, "write " + path);
    return {};
}

} // namespace

bool sysctls_hold(LinkKind kind, std::span<const std::byte> ipv4, std::span<const std::byte> ipv6)
{
    if (skips_second_policy_check(kind) &&
        !(holds(ipv4, IPV4_DEVCONF_NOPOLICY - 1, 1) && holds(ipv6, DEVCONF_DISABLE_POLICY, 1)))
        return false;
    return holds(ipv6, DEVCONF_ACCEPT_RA, 0) && holds(ipv6, DEVCONF_ADDR_GEN_MODE, addr_gen_none);
}

Result<> write_ipv6_sysctls(const LinkName& name, LinkKind kind)
{
    const std::string folder = "/proc/sys/net/ipv6/conf/" + name.value;
    TRY(write_sysctl(folder + "/accept_ra", "0"));
    if (skips_second_policy_check(kind)) return write_sysctl(folder + "/disable_policy", "1");
    return {};
}

} // namespace linkspan::vti
