#include "cli/nat_lookup.h"

#include "cli/fields.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

/// The host of `from` that `address` is, in `to`: of one length, and the host keeps its number.
IpAddress moved(const IpAddress& address, const IpPrefix& to)
{
    auto result = address;
    for (unsigned bit = 0; bit < to.length; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80u >> bit % 8);
        const auto kept = static_cast<std::uint8_t>(result.bytes[bit / 8] & ~mask);
        result.bytes[bit / 8] = static_cast<std::uint8_t>(kept | (to.address.bytes[bit / 8] & mask));
    }
    return result;
}

} // namespace

std::vector<NatMeaning> meanings_of(const json::object& gateway, const IpAddress& address)
{
    std::vector<NatMeaning> meanings;
    for (const auto* connection : objects(gateway, "connections")) {
        if (!text(*connection, "backup_of").empty()) continue; // as its connection
        for (const auto* mapping : objects(*connection, "nat")) {
            const auto here = IpPrefix::parse(text(*mapping, "here")), there = IpPrefix::parse(text(*mapping, "there"));
            if (!here || !there || here->length != there->length || here->family() != address.family) continue;
            const bool ours = flag(*mapping, "ours");
            if (here->contains(address))
                meanings.push_back({text(*connection, "name"), ours, true, address, moved(address, *there)});
            if (there->contains(address))
                meanings.push_back({text(*connection, "name"), ours, false, moved(address, *here), address});
        }
    }
    return meanings;
}

std::string render_meanings(const IpAddress& address, const std::vector<NatMeaning>& meanings)
{
    if (meanings.empty()) return address.text() + ": no connection maps it\n";
    std::string all;
    for (const auto& m : meanings) {
        const std::string who = m.ours ? "host of ours" : "host behind " + m.connection;
        if (m.asked_here)
            all += fmt::format("{} here is a {}; {} {}\n", address.text(), who,
                               m.ours ? "the peer of " + m.connection + " sees it as" : "its own address is",
                               m.there.text());
        else
            all += fmt::format("{} at the peer of {} is a {}; here it is {}\n", address.text(), m.connection, who,
                               m.here.text());
    }
    return all;
}

std::string json_of(const IpAddress& address, const std::vector<NatMeaning>& meanings)
{
    json::array list;
    for (const auto& m : meanings)
        list.push_back({{"connection", m.connection},
                        {"ours", m.ours},
                        {"asked_here", m.asked_here},
                        {"here", m.here.text()},
                        {"there", m.there.text()}});
    return json::serialize(json::object{{"address", address.text()}, {"meanings", std::move(list)}}) + '\n';
}

} // namespace linkspan::cli
