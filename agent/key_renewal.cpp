#include "agent/key_renewal.h"

#include "service/journal.h"

#include <algorithm>
#include <chrono>

namespace linkspan::agent {
namespace {

constexpr auto delay = std::chrono::seconds{3};
constexpr auto pause = std::chrono::milliseconds{500};
constexpr std::size_t at_once = 20;

} // namespace

void KeyRenewal::begin()
{
    const auto all = [this] {
        if (carries_()) go_on(children_());
    };
    if (auto source = loop_.after(delay, all)) timer_ = std::move(*source);
}

void KeyRenewal::go_on(std::vector<std::uint64_t> rest)
{
    if (!rekeyer_.is_busy()) order_some(rest);
    if (rest.empty() || !carries_()) return;
    if (auto source = loop_.after(pause, [this, rest = std::move(rest)] { go_on(rest); })) timer_ = std::move(*source);
}

void KeyRenewal::order_some(std::vector<std::uint64_t>& rest)
{
    const auto count = std::min(rest.size(), at_once);
    const auto from = rest.end() - static_cast<std::ptrdiff_t>(count);
    if (const auto ordered = rekeyer_.order({.children = {from, rest.end()}}); !ordered)
        service::log(
            {.level = service::Entry::Level::Warning, .message = ordered.error().what, .sys = ordered.error().sys});
    rest.resize(rest.size() - count);
}

} // namespace linkspan::agent
