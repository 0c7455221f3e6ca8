#pragma once

#include "tests/fake/xfrm_samples.h"
#include "xfrm/static_state.h"

#include <memory>
#include <string>
#include <string_view>

namespace linkspan::fake {

/// An SA of static keys; its keys are made from the SPI.
inline xfrm::StateSpec static_state(std::uint32_t spi, bool outbound, std::string_view suite = "aes128gcm16")
{
    const auto here = address("203.0.113.10"), peer = address("198.51.100.7");
    xfrm::StateSpec spec{.key = {outbound ? peer : here, {spi}}, .source = outbound ? here : peer};
    spec.reqid = {0x1234'abcd};
    spec.mark = {0x1234'abcd};
    spec.outbound = outbound;
    spec.suite = find_esp_suite(suite);
    std::string keys(spec.suite->key_bytes + spec.suite->integrity_bytes, 'k');
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<char>('A' + (i * 7 + spi) % 58);
    spec.keys = std::make_shared<const Secret>(keys);
    spec.replay_window = 128;
    spec.label = "first";
    spec.connection = {"a"};
    return spec;
}

} // namespace linkspan::fake
