#include "nft/egress_pins.h"

#include "nft/nat_codec.h"

#include <algorithm>
#include <cerrno>
#include <tuple>

namespace linkspan::nft {
namespace {

bool same_pin(const PinElement& one, const PinElement& other)
{
    return std::tie(one.set, one.client, one.address) == std::tie(other.set, other.client, other.address);
}

Result<> commit(netlink::Socket& socket, const std::vector<PinPart>& parts, std::string_view what)
{
    const std::size_t last = parts.size() + 1;
    const netlink::Requests requests{last + 1,
                                     [&](std::size_t i, netlink::Message& message) {
                                         if (i == 0) return encode_begin(message);
                                         if (i == last) return encode_end(message);
                                         encode_pins(parts[i - 1].pins, parts[i - 1].verb, message);
                                     },
                                     [&](std::size_t i) {
                                         return i == 0 || i == last ? "the transaction"
                                                                    : "set " + parts[i - 1].pins.front().set;
                                     }};
    return socket.transact(requests, what);
}

} // namespace

std::vector<PinElement> arranged(std::span<const PinElement> pins)
{
    std::vector<PinElement> each{pins.begin(), pins.end()};
    std::ranges::sort(each, {}, [](const PinElement& pin) {
        return std::tuple{std::string_view{pin.set}, pin.client, pin.address, -pin.timeout};
    });
    std::vector<PinElement> once;
    once.reserve(each.size());
    for (auto& pin : each) {
        if (once.empty() || !same_pin(once.back(), pin))
            once.push_back(std::move(pin));
        else
            once.back().fresh |= pin.fresh;
    }
    std::ranges::stable_sort(once, {},
                             [](const PinElement& pin) { return std::pair{std::string_view{pin.set}, pin.fresh}; });
    return once;
}

/// Add, delete, add: before 6.12 an element that stands keeps its timeout whatever is added, and one that has just expired
/// cannot be deleted without failing the whole (docs/kernel-facts.md).
std::vector<PinPart> parts_of(std::span<const PinElement> pins, bool believe)
{
    std::vector<PinPart> parts;
    while (!pins.empty()) {
        const auto& first = pins.front();
        const auto other = std::ranges::find_if(
            pins, [&](const PinElement& pin) { return pin.set != first.set || (believe && pin.fresh != first.fresh); });
        const auto alike = static_cast<std::size_t>(other - pins.begin());
        const auto some = pins.first(std::min(alike, pins_per_message));
        if (believe && first.fresh)
            parts.push_back({some, PinVerb::AddFresh});
        else
            for (const auto verb : {PinVerb::Add, PinVerb::Delete, PinVerb::Add}) parts.push_back({some, verb});
        pins = pins.subspan(some.size());
    }
    return parts;
}

Result<> write_pins(netlink::Socket& socket, std::span<const PinElement> pins)
{
    const auto each = arranged(pins);
    const auto done = commit(socket, parts_of(each, true), "pin");
    if (done || done.error().sys != EEXIST) return done;
    return commit(socket, parts_of(each, false), "pin"); // one that an agent before this one wrote, and forgot
}

void delete_pins(netlink::Socket& socket, std::span<const PinElement> pins)
{
    for (std::size_t i = 0; i < pins.size(); ++i)
        (void)commit(socket, {{pins.subspan(i, 1), PinVerb::Delete}}, "unpin");
}

} // namespace linkspan::nft
