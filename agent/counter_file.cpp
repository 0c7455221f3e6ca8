#include "agent/counter_file.h"

#include "base/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <system_error>

namespace linkspan::agent {
namespace {

/// What was received is of use for a replay only, so it is not written for every packet.
constexpr std::uint64_t worth_writing = 1 << 16;

Result<> write_durably(const std::filesystem::path& path, const std::string& text)
{
    const Fd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!fd) return sys_error(errno, "write " + path.string());
    const auto written = ::write(fd.get(), text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()) || ::fsync(fd.get()) != 0)
        return sys_error(errno, "write " + path.string());
    return {};
}

/// A rename outlives a crash of the machine only once its directory was written, too.
Result<> make_durable(const std::filesystem::path& directory)
{
    const Fd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd || ::fsync(fd.get()) != 0) return sys_error(errno, "write " + directory.string());
    return {};
}

} // namespace

CounterFile::CounterFile(std::filesystem::path path) : path_(std::move(path))
{
    std::ifstream file{path_};
    std::ostringstream text;
    text << file.rdbuf();
    known_ = counters_of(text.str());
}

Result<> CounterFile::reserve(const xfrm::StateSpec& spec)
{
    auto& counters = known_[spec.key];
    if (spec.outbound)
        counters.sent = std::max(counters.sent, spec.sequence + reserve_ahead);
    else
        counters.received = std::max(counters.received, spec.sequence);
    return write();
}

Result<> CounterFile::note(std::span<const xfrm::ObservedState> states)
{
    bool news = false;
    for (const auto& state : states) {
        if (!state.is_static) continue;
        auto& counters = known_[state.key];
        if (state.sent != 0 && state.sent + reserve_ahead / 2 > counters.sent) {
            counters.sent = state.sent + reserve_ahead;
            news = true;
        }
        if (state.received >= counters.received + worth_writing) {
            counters.received = state.received;
            news = true;
        }
    }
    return news ? write() : Result<>{};
}

Result<> CounterFile::write() const
{
    if (path_.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(path_.parent_path(), error);
    if (error) return sys_error(error.value(), "create " + path_.parent_path().string());
    const std::filesystem::path fresh = path_.string() + ".new";
    TRY(write_durably(fresh, text_of(known_)));
    std::filesystem::rename(fresh, path_, error);
    if (error) return sys_error(error.value(), "write " + path_.string());
    return make_durable(path_.parent_path());
}

std::string text_of(const xfrm::KnownCounters& counters)
{
    std::ostringstream text;
    for (const auto& [key, counter] : counters)
        text << key.destination.text() << ' ' << std::hex << key.spi.value << std::dec << ' ' << counter.sent << ' '
             << counter.received << '\n';
    return text.str();
}

xfrm::KnownCounters counters_of(std::string_view text)
{
    xfrm::KnownCounters counters;
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string address;
        std::uint32_t spi = 0;
        xfrm::Counters counter;
        if (!(words >> address >> std::hex >> spi >> std::dec >> counter.sent >> counter.received)) continue;
        if (const auto destination = IpAddress::parse(address)) counters[{*destination, {spi}}] = counter;
    }
    return counters;
}

} // namespace linkspan::agent
