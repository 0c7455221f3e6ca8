#pragma once

#include <string>
#include <string_view>

namespace linkspan::cli {

/// Colours for a terminal, or none. Text stays the same text without them.
struct Style {
    bool colour = false;

    [[nodiscard]] std::string good(std::string_view text) const { return paint("32", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return paint("1;31", text); }
    [[nodiscard]] std::string warn(std::string_view text) const { return paint("33", text); }
    [[nodiscard]] std::string faint(std::string_view text) const { return paint("2", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return paint("1", text); }

private:
    [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const
    {
        if (!colour || text.empty()) return std::string(text);
        std::string painted = "\x1b[";
        return painted.append(code).append("m").append(text).append("\x1b[0m");
    }
};

} // namespace linkspan::cli
