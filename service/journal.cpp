#include "service/journal.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <utility>
#include <vector>

namespace linkspan::service {
namespace {

/// systemd sets JOURNAL_STREAM where standard error is the journal.
bool under_journal()
{
    static const bool answer = std::getenv("JOURNAL_STREAM") != nullptr;
    return answer;
}

std::string line_of(const Entry& entry)
{
    return entry.connection.value.empty() ? entry.message : entry.connection.value + ": " + entry.message;
}

void send_fields(const Entry& entry)
{
    std::vector<std::string> fields{"PRIORITY=" + std::to_string(std::to_underlying(entry.level)),
                                    "MESSAGE=" + line_of(entry), "SYSLOG_IDENTIFIER=linkspand"};
    if (!entry.connection.value.empty()) fields.push_back("CONNECTION=" + entry.connection.value);
    if (!entry.object.empty()) fields.push_back("OBJECT=" + entry.object);
    if (entry.sys != 0) fields.push_back("ERRNO=" + std::to_string(entry.sys));
    for (const auto& [name, value] : entry.fields) fields.push_back(name + "=" + value);
    std::vector<iovec> vectors;
    for (auto& field : fields) vectors.push_back({field.data(), field.size()});
    (void)sd_journal_sendv(vectors.data(), static_cast<int>(vectors.size()));
}

void print_line(const Entry& entry)
{
    char clock[16] = {};
    const auto now = std::time(nullptr);
    std::tm local{};
    if (::localtime_r(&now, &local)) std::strftime(clock, sizeof clock, "%H:%M:%S", &local);
    std::fprintf(stderr, "%s linkspand: %s\n", clock, line_of(entry).c_str());
}

} // namespace

void log(const Entry& entry)
{
    if (under_journal())
        send_fields(entry);
    else if (entry.level != Entry::Level::Debug)
        print_line(entry);
}

void log(Entry::Level level, std::string message)
{
    log(Entry{.level = level, .message = std::move(message)});
}

void notify_systemd(const std::string& state)
{
    (void)sd_notify(0, state.c_str());
}

} // namespace linkspan::service
