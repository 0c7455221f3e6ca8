#include "egress/svcb.h"

#include <cstddef>

namespace linkspan::egress {
namespace {

constexpr std::uint16_t word(std::span<const std::uint8_t> bytes)
{
    return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

/// How many octets the name takes that `bytes` begin with, or 0 where there is none.
std::size_t name_size(std::span<const std::uint8_t> bytes)
{
    std::size_t at = 0;
    while (at < bytes.size() && at < 255 && bytes[at] != 0) {
        if (bytes[at] > 63) return 0;
        at += bytes[at] + 1U;
    }
    return at < bytes.size() && at < 255 ? at + 1 : 0;
}

} // namespace

ServiceParameters::ServiceParameters(std::span<const std::uint8_t> data)
{
    const std::size_t target = data.size() < 2 ? 0 : name_size(data.subspan(2));
    malformed_ = target == 0;
    if (malformed_) return;
    alias_ = word(data) == 0;
    rest_ = data.subspan(2 + target);
}

bool ServiceParameters::next(ServiceParameter& parameter)
{
    if (malformed_ || rest_.empty()) return false;
    malformed_ = rest_.size() < 4 || word(rest_) <= last_key_ || word(rest_.subspan(2)) > rest_.size() - 4;
    if (malformed_) return false;
    parameter = {word(rest_), rest_.subspan(4, word(rest_.subspan(2)))};
    last_key_ = parameter.key;
    rest_ = rest_.subspan(4 + parameter.value.size());
    return true;
}

} // namespace linkspan::egress
