#include "agent/charon_log.h"

#include "ike/client.h"

#include <algorithm>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto interval = 1s;
/// As much is read at a time; of more, the end. It is some 8,000 lines.
constexpr std::uint64_t most_read = 1 << 20;
/// The file lies in memory.
constexpr std::uint64_t most_kept = 4 << 20;

} // namespace

CharonLog::CharonLog(service::Loop& loop, Found found) : loop_(loop), found_(std::move(found)) {}

void CharonLog::follow(const std::string& socket)
{
    if (socket == socket_) return;
    socket_ = socket;
    path_ = socket.substr(0, socket.rfind('/') + 1) + "charon.log";
    file_ = {};
    inode_ = 0;
    struct stat now = {};
    if (open() && ::fstat(file_.get(), &now) == 0) offset_ = static_cast<std::uint64_t>(now.st_size);
}

void CharonLog::listen(bool wanted)
{
    if (wanted == wanted_) return;
    wanted_ = wanted;
    arm();
}

void CharonLog::arm()
{
    timer_.reset();
    if (!wanted_) return;
    if (auto source = loop_.after(interval, [this] {
            look();
            arm();
        }))
        timer_ = std::move(*source);
}

/// False where there is no such file. A new charon may have made a new one, which is read from its beginning.
bool CharonLog::open()
{
    struct stat now = {};
    if (::stat(path_.c_str(), &now) < 0) return false;
    if (file_ && now.st_ino == inode_) return true;
    Fd file{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!file || ::fstat(file.get(), &now) < 0 || !S_ISREG(now.st_mode)) return false;
    offset_ = 0;
    inode_ = now.st_ino;
    file_ = std::move(file);
    diagnosis_ = {};
    return true;
}

void CharonLog::look()
{
    if (!open()) return;
    struct stat now = {};
    if (::fstat(file_.get(), &now) < 0) return;
    const auto size = static_cast<std::uint64_t>(now.st_size);
    if (size < offset_) offset_ = 0; // emptied
    if (wanted_)
        read(size);
    else
        offset_ = size;
    if (size > most_kept) begin_anew(std::chrono::steady_clock::now());
}

void CharonLog::read(std::uint64_t size)
{
    if (size - offset_ > most_read) offset_ = size - most_read;
    std::string text(size - offset_, '\0');
    const auto got = ::pread(file_.get(), text.data(), text.size(), static_cast<off_t>(offset_));
    if (got <= 0) return;
    std::string_view rest{text.data(), static_cast<std::size_t>(got)};
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        if (const auto line = ike::parse_log_line(rest.substr(0, end)))
            if (const auto finding = diagnosis_.add(*line)) found_(*finding);
        rest.remove_prefix(end + 1);
        offset_ += end + 1;
    }
}

/// Charon opens its log files anew when it reads its settings again, and empties this one. One that does not is not asked
/// all the time.
void CharonLog::begin_anew(std::chrono::steady_clock::time_point now)
{
    if (asked_ != decltype(asked_){} && now - asked_ < 1min) return;
    asked_ = now;
    if (auto client = ike::Client::connect(socket_, 1s)) (void)client->call("reload-settings");
}

} // namespace linkspan::agent
