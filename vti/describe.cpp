#include "vti/describe.h"

#include "vti/codec.h"

#include <charconv>
#include <vector>

namespace linkspan::vti {
namespace {

std::string hex(std::uint32_t value)
{
    char digits[8];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, 16).ptr;
    return "0x" + std::string(digits, end);
}

std::string identity_of(const Spec& spec)
{
    const std::string kind{kind_name(spec.kind)};
    if (spec.kind == LinkKind::Xfrm) return kind + " if_id " + hex(spec.if_id.value);
    return kind + " " + spec.local.text() + " -> " + spec.remote.text() + " key " + hex(spec.key.value);
}

std::vector<std::string> differences(const Spec& before, const Spec& spec)
{
    std::vector<std::string> parts;
    if (identity_of(before) != identity_of(spec)) parts.push_back(identity_of(before) + " -> " + identity_of(spec));
    if (before.mtu != spec.mtu)
        parts.push_back("mtu " + std::to_string(before.mtu) + " -> " + std::to_string(spec.mtu));
    if (before.connection != spec.connection) parts.push_back("alias was '" + before.connection.value + "'");
    if (before.faults.down) parts.push_back("was down");
    if (before.faults.group) parts.push_back("was not in our link group");
    if (before.faults.sysctls) parts.push_back("a sysctl was changed");
    return parts;
}

} // namespace

std::string describe(const Spec& spec)
{
    return "link " + spec.name.value;
}

std::string detail(const Op<Spec>& op)
{
    if (!op.before) return identity_of(op.spec) + " mtu " + std::to_string(op.spec.mtu);
    std::string text;
    for (const auto& part : differences(*op.before, op.spec)) text += (text.empty() ? "" : ", ") + part;
    return text;
}

} // namespace linkspan::vti
