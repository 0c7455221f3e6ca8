#include "cli/egress_target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace linkspan::cli {
namespace {

std::unexpected<Error> unclear(const std::string& text)
{
    return failure(Kind::Config, '"' + text +
                                     "\" is not NAME:PORT, like example.com:443, 192.0.2.7:123/udp, "
                                     "[2001:db8::7]:443 or example.com/icmp");
}

} // namespace

Result<EgressTarget> parse_target(const std::string& text)
{
    constexpr std::array<std::string_view, 3> protocols{"tcp", "udp", "icmp"};
    const auto slash = text.rfind('/');
    EgressTarget target{.protocol = slash == std::string::npos ? "tcp" : text.substr(slash + 1)};
    if (std::ranges::count(protocols, std::string_view{target.protocol}) == 0) return unclear(text);
    std::string rest = text.substr(0, slash);
    if (target.protocol != "icmp") {
        const auto colon = rest.rfind(':');
        if (colon == std::string::npos) return unclear(text);
        const std::string port = rest.substr(colon + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
        if (error != std::errc{} || end != port.data() + port.size() || target.port == 0) return unclear(text);
        rest.resize(colon);
    }
    const bool bracketed = rest.size() > 2 && rest.front() == '[' && rest.back() == ']';
    target.host = bracketed ? rest.substr(1, rest.size() - 2) : rest;
    const bool bare_colons =
        !bracketed && target.protocol != "icmp" && rest.contains(':'); // whose last part may be no port
    if (target.host.empty() || target.host.find_first_of("[]") != std::string::npos || bare_colons)
        return unclear(text);
    return target;
}

} // namespace linkspan::cli
