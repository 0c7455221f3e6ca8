#include "takeover/iso_time.h"

#include <charconv>

namespace linkspan::takeover {

std::optional<WallTime> iso_time(std::string_view text)
{
    constexpr std::string_view form = "0000-00-00T00:00:00";
    if (text.size() <= form.size() || text.back() != 'Z') return {};
    for (std::size_t at = 0; at < form.size(); ++at)
        if (form[at] == '0' ? text[at] < '0' || text[at] > '9' : text[at] != form[at]) return {};
    const auto number = [&](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok()) return {};
    return std::chrono::sys_days{date} + std::chrono::hours{number(11, 2)} + std::chrono::minutes{number(14, 2)} +
           std::chrono::seconds{number(17, 2)};
}

} // namespace linkspan::takeover
