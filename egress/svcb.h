#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace linkspan::egress {

/// One parameter of an SVCB or HTTPS record (RFC 9460 section 2.2): a key and its value.
struct ServiceParameter {
    std::uint16_t key = 0;
    std::span<const std::uint8_t> value = {};
};

/// The parameters of such a record's data, one after the other.
class ServiceParameters {
public:
    /// `data` is what the record carries: a priority, the target's name, which is never compressed, the parameters.
    explicit ServiceParameters(std::span<const std::uint8_t> data);

    /// False at the end, and at the first thing that is malformed.
    [[nodiscard]] bool next(ServiceParameter& parameter);
    [[nodiscard]] bool malformed() const { return malformed_; }
    /// Priority 0 makes the record an alias of its target; it has no say about addresses then.
    [[nodiscard]] bool is_alias() const { return alias_; }

private:
    std::span<const std::uint8_t> rest_;
    int last_key_ = -1; ///< keys must rise
    bool alias_ = false;
    bool malformed_ = false;
};

constexpr std::uint16_t key_ipv4hint = 4;
constexpr std::uint16_t key_ipv6hint = 6;

/// Calls `hint` with the 4 or 16 octets of every address the record hints at: a client may connect there at once, without
/// asking for A or AAAA. False where the record is malformed; what was called until then does not count.
template <typename Callback>
[[nodiscard]] bool for_each_hint(std::span<const std::uint8_t> data, Callback hint)
{
    ServiceParameters parameters{data};
    for (ServiceParameter parameter; parameters.next(parameter);) {
        const std::size_t size = parameter.key == key_ipv4hint ? 4 : parameter.key == key_ipv6hint ? 16 : 0;
        if (size == 0 || parameters.is_alias()) continue;
        if (parameter.value.empty() || parameter.value.size() % size != 0) return false;
        for (std::size_t at = 0; at < parameter.value.size(); at += size) hint(parameter.value.subspan(at, size));
    }
    return !parameters.malformed();
}

} // namespace linkspan::egress
