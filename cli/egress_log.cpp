#include "cli/egress_log.h"

#include "base/handle.h"
#include "cli/commands.h"
#include "cli/fields.h"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <systemd/sd-journal.h>

#include <cstdio>
#include <ctime>
#include <poll.h>
#include <unistd.h>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

using Journal = Handle<sd_journal, sd_journal_close>;

constexpr std::uint64_t shown = 100, shown_before_following = 10;

std::string field(sd_journal* journal, const std::string& name)
{
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, name.c_str(), &data, &size) < 0 || size <= name.size()) return {};
    return {static_cast<const char*>(data) + name.size() + 1, size - name.size() - 1};
}

RefusalEntry read(sd_journal* journal)
{
    std::uint64_t micros = 0;
    (void)sd_journal_get_realtime_usec(journal, &micros);
    const auto seconds = static_cast<std::time_t>(micros / 1'000'000);
    return {.when = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(seconds)),
            .message = field(journal, "MESSAGE"),
            .source = field(journal, "EGRESS_SOURCE"),
            .destination = field(journal, "EGRESS_DESTINATION"),
            .protocol = field(journal, "EGRESS_PROTOCOL"),
            .port = field(journal, "EGRESS_PORT"),
            .name = field(journal, "EGRESS_NAME"),
            .tag = field(journal, "EGRESS_TAG"),
            .rule = field(journal, "EGRESS_RULE"),
            .why = field(journal, "EGRESS_WHY")};
}

Result<Journal> open_journal()
{
    sd_journal* raw = nullptr;
    int r = sd_journal_open(&raw, SD_JOURNAL_LOCAL_ONLY);
    Journal journal{raw};
    if (r >= 0) r = sd_journal_add_match(raw, "SYSLOG_IDENTIFIER=linkspand", 0);
    if (r >= 0) r = sd_journal_add_match(raw, "OBJECT=egress", 0);
    if (r >= 0) r = sd_journal_seek_tail(raw);
    if (r < 0) return sys_error(-r, "cannot read the journal");
    return journal;
}

std::string line_of(const RefusalEntry& entry, bool as_json)
{
    return as_json ? json_of(entry) : render_refusal(entry);
}

/// What has come since; empty where nothing has.
std::string read_on(sd_journal* journal, bool as_json)
{
    std::string all;
    while (sd_journal_next(journal) > 0)
        if (const auto entry = read(journal); !entry.source.empty()) all += line_of(entry, as_json);
    return all;
}

/// False once nobody reads what is printed.
bool print(const std::string& text)
{
    return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
}

/// Waits for the journal or for the end of the reader, who may go while nothing is printed.
bool wait(sd_journal* journal)
{
    pollfd waits[] = {{sd_journal_get_fd(journal), POLLIN, 0}, {STDOUT_FILENO, 0, 0}};
    std::uint64_t until = 0;
    const bool bounded = sd_journal_get_timeout(journal, &until) >= 0 && until != UINT64_MAX;
    (void)::poll(waits, 2, bounded ? 1000 : -1);
    if ((waits[1].revents & (POLLERR | POLLHUP)) != 0) return false;
    return sd_journal_process(journal) >= 0;
}

} // namespace

std::string render_refusal(const RefusalEntry& entry)
{
    return printable(entry.when + "  " + entry.message, false) + '\n';
}

std::string json_of(const RefusalEntry& entry)
{
    const auto value = [](const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); };
    return json::serialize(json::object{{"when", entry.when},
                                        {"source", entry.source},
                                        {"destination", entry.destination},
                                        {"protocol", entry.protocol},
                                        {"port", std::strtoul(entry.port.c_str(), nullptr, 10)},
                                        {"name", value(entry.name)},
                                        {"tag", value(entry.tag)},
                                        {"rule", value(entry.rule == "no rule" ? "" : entry.rule)},
                                        {"why", value(entry.why)}}) +
           '\n';
}

Outcome egress_log(const Request& request)
{
    const auto journal = open_journal();
    if (!journal) return fail(request, journal.error());
    const auto wanted = request.follow ? shown_before_following : shown;
    // Reading begins behind the entry that the journal stands on.
    if (sd_journal_previous_skip(journal->get(), wanted + 1) <= static_cast<int>(wanted))
        (void)sd_journal_seek_head(journal->get());
    auto text = read_on(journal->get(), request.json);
    if (!request.follow) return {.out = text.empty() && !request.json ? "nothing was refused\n" : text};
    while (print(text) && wait(journal->get())) text = read_on(journal->get(), request.json);
    return {};
}

} // namespace linkspan::cli
