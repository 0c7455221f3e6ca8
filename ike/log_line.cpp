#include "ike/log_line.h"

#include <charconv>

namespace linkspan::ike {
namespace {

/// "azure-hub|3" or "3".
bool read_sa(std::string_view name, LogLine& line)
{
    if (const auto bar = name.rfind('|'); bar != std::string_view::npos) {
        line.connection = name.substr(0, bar);
        name.remove_prefix(bar + 1);
    }
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), line.unique_id);
    return error == std::errc{} && end == name.data() + name.size();
}

} // namespace

std::optional<LogLine> parse_log_line(std::string_view text)
{
    const auto group = text.find('[');
    const auto behind = text.find("] ");
    if (group == 0 || group > 4 || behind == std::string_view::npos || behind != group + 4) return {};
    LogLine line;
    auto rest = text.substr(behind + 2);
    if (rest.starts_with('<')) {
        const auto end = rest.find("> ");
        if (end != std::string_view::npos && read_sa(rest.substr(1, end - 1), line))
            rest.remove_prefix(end + 2);
        else
            line = {};
    }
    line.text = rest;
    return line;
}

} // namespace linkspan::ike
