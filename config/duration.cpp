#include "config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace linkspan::config {
namespace {

struct Unit {
    char letter;
    std::int64_t seconds;
};
constexpr std::array units{Unit{'d', 86400}, Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};
constexpr std::int64_t most_seconds = std::int64_t{1000} * 86400; ///< far beyond any lifetime, far below overflow

std::unexpected<Error> not_a_duration()
{
    return failure(Kind::Config,
                   "a duration is whole numbers with units d, h, m, s, the largest first, like \"1h30m\"");
}

} // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text)
{
    std::int64_t sum = 0;
    std::size_t next_unit = 0;
    if (text.empty()) return not_a_duration();
    while (!text.empty()) {
        std::int64_t count = 0;
        const auto [end, err] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (err != std::errc{} || count < 0 || count > most_seconds) return not_a_duration();
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        while (next_unit < units.size() && (text.empty() || units[next_unit].letter != text.front())) ++next_unit;
        if (next_unit == units.size()) return not_a_duration();
        sum += count * units[next_unit++].seconds;
        text.remove_prefix(1);
    }
    return std::chrono::seconds{sum};
}

Result<std::chrono::milliseconds> parse_milliseconds(std::string_view text)
{
    std::int64_t count = 0;
    const auto [end, err] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit{end, text.data() + text.size()};
    if (err == std::errc{} && count >= 0 && count <= most_seconds) {
        if (unit == "ms") return std::chrono::milliseconds{count};
        if (unit == "s") return std::chrono::seconds{count};
    }
    return failure(Kind::Config, "write a whole number of milliseconds or seconds, like \"200ms\" or \"2s\"");
}

std::string duration_text(std::chrono::seconds duration)
{
    auto rest = duration.count();
    std::string text;
    for (const auto& unit : units) {
        if (rest >= unit.seconds) text += std::to_string(rest / unit.seconds) + unit.letter;
        rest %= unit.seconds;
    }
    return text.empty() ? "0s" : text;
}

} // namespace linkspan::config
