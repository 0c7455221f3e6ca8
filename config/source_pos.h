#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace linkspan::config {

/// Where in which file something was written. Lines and columns count from 1; 0 = unknown.
struct SourcePos {
    std::shared_ptr<const std::string> file = {};
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

} // namespace linkspan::config
