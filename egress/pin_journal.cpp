#include "egress/pin_journal.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <sstream>
#include <unistd.h>

namespace linkspan::egress {
namespace {

std::string_view word(std::string_view& line)
{
    const auto end = std::min(line.find(' '), line.size());
    const auto found = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return found;
}

Result<> write_all(int fd, std::string_view text)
{
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return sys_error(errno, "write the journal of pins");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

std::string pin_line(WallTime until, const IpAddress& client, const IpAddress& address, std::string_view name)
{
    std::string line = std::to_string(until.time_since_epoch().count());
    line.append(" ").append(client.text()).append(" ").append(address.text()).append(" ").append(name).append("\n");
    return line;
}

std::string pin_lines(const Pins::Standing& standing, WallTime wall, Monotonic now)
{
    const auto until = wall + std::chrono::ceil<std::chrono::seconds>(standing.until - now);
    std::string text;
    for (const auto& name : standing.names) text += pin_line(until, standing.client, standing.address, name->text());
    return text;
}

std::string pin_lines(const Pins& pins, WallTime wall, Monotonic now)
{
    std::string text;
    pins.visit(now, [&](const Pins::Standing& standing) { text += pin_lines(standing, wall, now); });
    return text;
}

std::vector<Pins::Standing> read_pin_lines(std::string_view text, WallTime wall, Monotonic now)
{
    std::map<std::pair<IpAddress, IpAddress>, Pins::Standing> pairs;
    while (text.contains('\n')) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        std::int64_t seconds = 0;
        const auto number = word(line);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
        const auto client = IpAddress::parse(word(line));
        const auto address = IpAddress::parse(word(line));
        const auto name = DnsName::parse(line);
        const std::int64_t left = seconds - wall.time_since_epoch().count();
        if (error != std::errc{} || !client || !address || !name || left <= 0) continue;
        auto& standing = pairs[{*client, *address}];
        standing.client = *client;
        standing.address = *address;
        standing.until = std::max(standing.until, now + std::chrono::seconds{left});
        const auto known = std::ranges::find_if(standing.names, [&](const Pins::Name& one) { return *one == *name; });
        if (known != standing.names.end()) standing.names.erase(known);
        standing.names.push_back(std::make_shared<const DnsName>(*name));
    }
    std::vector<Pins::Standing> all;
    for (auto& [pair, standing] : pairs) all.push_back(std::move(standing));
    return all;
}

Result<std::vector<Pins::Standing>> PinJournal::load(WallTime wall, Monotonic now) const
{
    std::ifstream in{file_};
    if (!in) return std::vector<Pins::Standing>{};
    std::ostringstream text;
    text << in.rdbuf();
    return read_pin_lines(text.view(), wall, now);
}

Result<> PinJournal::rewrite(const Pins& pins, WallTime wall, Monotonic now)
{
    const auto fresh = file_.string() + ".new";
    Fd fd{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
    if (!fd) return sys_error(errno, "create " + fresh);
    TRY(write_all(fd.get(), pin_lines(pins, wall, now)));
    if (::rename(fresh.c_str(), file_.c_str()) < 0) return sys_error(errno, "replace " + file_.string());
    fd_ = std::move(fd);
    written_ = 0;
    return {};
}

Result<> PinJournal::flush()
{
    if (waiting_.empty()) return {};
    const auto text = std::exchange(waiting_, {});
    if (!fd_) return {};
    written_ += text.size();
    return write_all(fd_.get(), text);
}

} // namespace linkspan::egress
