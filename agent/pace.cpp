#include "agent/pace.h"

#include <chrono>

namespace linkspan::agent {
namespace {

/// How long the looks are together that tell a rate.
constexpr auto measure = std::chrono::seconds{1};
/// A peer that does not answer for so long costs charon nothing but repetitions, and keeps nobody else waiting.
constexpr auto silent_after = std::chrono::seconds{5};

} // namespace

void Pace::see(const ike::SaView& sas, Monotonic now)
{
    std::set<std::uint64_t> standing;
    std::map<std::uint64_t, Monotonic> connecting;
    busy_ = 0;
    for (const auto& sa : sas) {
        if (sa.state == ike::IkeState::Established) {
            standing.insert(sa.unique_id);
            if (!standing_.contains(sa.unique_id)) ++came_;
        }
        if (sa.state != ike::IkeState::Connecting || !sa.initiator) continue;
        const auto known = connecting_.find(sa.unique_id);
        const auto since = connecting.emplace(sa.unique_id, known == connecting_.end() ? now : known->second).first;
        if (sa.spi_responder != 0 || now - since->second < silent_after) ++busy_;
    }
    standing_ = std::move(standing);
    connecting_ = std::move(connecting);
    if (now - since_ < measure) return;
    window_ = least + 2 * came_;
    came_ = begun_ = 0;
    since_ = now;
}

} // namespace linkspan::agent
