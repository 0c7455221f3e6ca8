#include "config/load.h"

#include <cstdint>
#include <cstdlib>
#include <string>

/// A byte 0xff divides the input into several files, so that what spans files is reached too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace linkspan::config;
    Sources sources{{"0.toml", {}}};
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] == 0xff)
            sources.push_back({std::to_string(sources.size()) + ".toml", {}});
        else
            sources.back().text += static_cast<char>(data[i]);
    }
    const auto loaded = load(sources);
    if (loaded.config.has_value() == has_errors(loaded.diagnostics)) std::abort();
    // Nothing a file holds may reach a terminal as a control character.
    for (char c : render(loaded.diagnostics, sources, false))
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n') std::abort();
    return 0;
}
