#include "cli/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace linkspan::cli {
namespace {

struct Unit {
    std::uint64_t seconds = 1;
    const char* name = "";
};

/// Reads exactly `width` digits at `at`.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t width)
{
    int value = 0;
    const char* end = text.data() + at + width;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    if (error != std::errc{} || stop != end || text[at] == '-') return std::nullopt;
    return value;
}

bool has_time_shape(std::string_view text)
{
    return text.size() == 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' &&
           text[16] == ':' && text[19] == 'Z';
}

std::uint64_t seconds_since(WallTime then, WallTime now)
{
    return then > now ? 0 : static_cast<std::uint64_t>((now - then).count());
}

} // namespace

std::string duration_text(std::uint64_t seconds)
{
    constexpr std::array units{Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "min"}, Unit{1, "s"}};
    for (std::size_t i = 0; i + 1 < units.size(); ++i) {
        if (seconds < units[i].seconds) continue;
        const std::uint64_t rest = seconds % units[i].seconds / units[i + 1].seconds;
        std::string text = fmt::format("{} {}", seconds / units[i].seconds, units[i].name);
        return rest == 0 ? text : fmt::format("{} {} {}", text, rest, units[i + 1].name);
    }
    return fmt::format("{} s", seconds);
}

std::string bytes_text(std::uint64_t bytes)
{
    constexpr std::array names{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1023.95 && unit + 1 < names.size(); ++unit) value /= 1024;
    return fmt::format("{:.1f} {}", value, names[unit]);
}

std::string counted(std::uint64_t number, std::string_view noun)
{
    return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::optional<WallTime> parse_time(std::string_view text)
{
    using namespace std::chrono;
    if (!has_time_shape(text)) return std::nullopt;
    const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
    const auto h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
    if (!y || !mo || !d || !h || !mi || !s) return std::nullopt;
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
    return WallTime{sys_days{date}} + hours{*h} + minutes{*mi} + seconds{*s};
}

std::string moment_text(std::string_view rfc3339, WallTime now)
{
    const auto then = parse_time(rfc3339);
    if (!then) return "an unknown time";
    return fmt::format("{} {} UTC ({} ago)", rfc3339.substr(0, 10), rfc3339.substr(11, 8),
                       duration_text(seconds_since(*then, now)));
}

std::string age_text(std::string_view rfc3339, WallTime now)
{
    const auto then = parse_time(rfc3339);
    return then ? duration_text(seconds_since(*then, now)) : "-";
}

} // namespace linkspan::cli
