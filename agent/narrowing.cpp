#include "agent/narrowing.h"

#include <fmt/format.h>

#include <algorithm>

namespace linkspan::agent {
namespace {

using Texts = std::vector<std::string>;

/// A range of addresses is no network, and covers none.
bool covers(const Texts& seen, const TrafficSelector& wanted)
{
    return std::ranges::any_of(seen, [&](std::string_view text) {
        const auto network = IpPrefix::parse(text.substr(0, text.find('[')));
        return network && network->contains(wanted.prefix);
    });
}

Texts uncovered(const std::vector<TrafficSelector>& wanted, const Texts& seen)
{
    Texts missing;
    for (const auto& selector : wanted)
        if (!covers(seen, selector)) missing.push_back(selector.text());
    return missing;
}

} // namespace

std::vector<std::string> narrowings(const ike::ConnectionSpec& spec, std::span<const ike::IkeSa> sas)
{
    std::vector<std::string> found;
    for (const auto& child : spec.children) {
        Texts local, remote;
        for (const auto& sa : sas) {
            for (const auto& own : sa.children) {
                if (own.name != child.name || !is_up(own)) continue;
                local.insert(local.end(), own.local_ts.begin(), own.local_ts.end());
                remote.insert(remote.end(), own.remote_ts.begin(), own.remote_ts.end());
            }
        }
        if (local.empty() || remote.empty()) continue;
        const auto tell = [&](const char* side, const Texts& missing, const Texts& seen) {
            if (missing.empty()) return;
            found.push_back(
                fmt::format("the peer agreed to {} {} only, not to {}: it drops what is outside; let it agree to "
                            "all of it, then linkspan restart {}",
                            side, fmt::join(seen, " "), fmt::join(missing, " "), spec.name.value));
        };
        tell("our networks", uncovered(child.local_ts, local), local);
        tell("its networks", uncovered(child.remote_ts, remote), remote);
    }
    return found;
}

} // namespace linkspan::agent
