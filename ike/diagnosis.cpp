#include "ike/diagnosis.h"

#include <algorithm>
#include <utility>

namespace linkspan::ike {
namespace {

constexpr std::size_t most_attempts = 128;
constexpr std::size_t longest_identity = 200;

/// "198.51.100.7 is initiating an IKE_SA", "198.51.100.7 is initiating a Main Mode IKE_SA"
std::optional<IpAddress> initiator(std::string_view text)
{
    const auto end = text.find(" is initiating a");
    if (end == std::string_view::npos) return {};
    auto address = IpAddress::parse(text.substr(0, end));
    return address ? std::optional{*address} : std::nullopt;
}

constexpr std::string_view shows_certificate = "received end entity cert ";

/// Lines that say who the peer says it is. The failure that follows does not repeat it.
bool tells_identity(std::string_view text)
{
    return text.starts_with("looking for peer configs matching ") ||
           (text.starts_with("authentication of '") && text.ends_with("successful") && !text.contains("(myself)"));
}

} // namespace

Diagnosis::Attempt& Diagnosis::attempt(std::uint64_t unique_id)
{
    const auto found = std::ranges::find(attempts_, unique_id, &Attempt::unique_id);
    if (found != attempts_.end()) return *found;
    if (attempts_.size() == most_attempts) attempts_.pop_front();
    return attempts_.emplace_back(Attempt{.unique_id = unique_id});
}

void Diagnosis::remember(const LogLine& line)
{
    if (line.unique_id == 0) return;
    if (line.text.starts_with(shows_certificate))
        attempt(line.unique_id).judges_older_one = false;
    else if (const auto peer = initiator(line.text))
        attempt(line.unique_id).peer = peer;
    else if (tells_identity(line.text))
        attempt(line.unique_id).identity = line.text.substr(0, longest_identity);
}

std::optional<Finding> Diagnosis::add(const LogLine& line)
{
    remember(line);
    auto cause = cause_of(line);
    if (!cause) return {};
    Finding finding{line.connection, {}, *std::move(cause)};
    const auto known = std::ranges::find(attempts_, line.unique_id, &Attempt::unique_id);
    if (line.unique_id == 0 || known == attempts_.end()) return finding;
    // charon then tries what it remembers of the peer's earlier certificates, and says what is wrong with those.
    if (finding.cause.code == "certificate" && std::exchange(known->judges_older_one, true)) return {};
    finding.peer = known->peer;
    if (finding.cause.code == "identity" && !known->identity.empty())
        finding.cause.said += " (" + known->identity + ")";
    return finding;
}

} // namespace linkspan::ike
