#include "xfrm/describe.h"

#include "base/traffic_selector.h"

#include <array>
#include <cstdio>

namespace linkspan::xfrm {

namespace {

std::string hex(std::uint32_t value)
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%08x", value);
    return text.data();
}

const char* name_of(Direction direction)
{
    switch (direction) {
    case Direction::In: return "in";
    case Direction::Out: return "out";
    case Direction::Forward: return "fwd";
    }
    return "?";
}

} // namespace

std::string describe(const PolicyKey& key)
{
    std::string text = key.role == Role::Block ? "block " : key.role == Role::Bypass ? "bypass " : "";
    text += std::string{"policy "} + name_of(key.direction);
    text += " " + TrafficSelector{key.source, key.protocol, key.source_port}.text() + " -> " +
            TrafficSelector{key.destination, key.protocol, key.destination_port}.text();
    if (key.mark.value) text += " mark " + hex(key.mark.value);
    if (key.has_path()) text += "/" + hex(path_mask);
    if (key.if_id.value) text += " if_id " + hex(key.if_id.value);
    return text;
}

std::string describe(const StateKey& key)
{
    return "SA " + key.destination.text() + " spi " + hex(key.spi.value);
}

std::string describe(const Template& protect)
{
    return protect.source.text() + " -> " + protect.destination.text() + " reqid " + hex(protect.reqid.value);
}

std::string detail(const Op<PolicySpec>& op)
{
    const auto text = [](const PolicySpec& spec) { return spec.protect ? describe(*spec.protect) : "no template"; };
    if (op.verb == Verb::Delete) return {};
    if (!op.before) return op.spec.protect ? text(op.spec) : std::string{};
    if (op.before->protect == op.spec.protect) return "restored: changed by hand";
    return text(*op.before) + " => " + text(op.spec);
}

std::string holder(const ObservedPolicy& policy)
{
    std::string text = policy.action == Action::Block ? "a block policy" : "an allow policy";
    text += " with priority " + std::to_string(policy.priority);
    if (policy.protect) text += ", reqid " + std::to_string(policy.protect->reqid.value);
    return text + " that linkspan did not make";
}

} // namespace linkspan::xfrm
