#include "bench/daemon.h"

#include "base/fd.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

namespace linkspan::bench {
namespace {

constexpr timeval patience{.tv_sec = 300, .tv_usec = 0}; ///< for one reconciliation, in an emulated machine

/// The service manager's end of sd_notify(3).
class Notifications {
public:
    explicit Notifications(const std::filesystem::path& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        bound_ = ::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    /// False where it did not come in time.
    [[nodiscard]] bool wait_for(std::string_view beginning) const
    {
        std::array<char, 4096> text{};
        while (bound_) {
            const auto length = ::recv(fd_.get(), text.data(), text.size(), 0);
            if (length <= 0) return false;
            if (std::string_view{text.data(), static_cast<std::size_t>(length)}.starts_with(beginning)) return true;
        }
        return false;
    }

private:
    Fd fd_;
    bool bound_ = false;
};

/// A field of /proc/PID/status, in bytes.
std::size_t status_field(pid_t pid, std::string_view name)
{
    std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name)) return 1024 * std::stoul(line.substr(name.size() + 1));
    return 0;
}

/// STATUS= is sent from within the last piece of work: what it used is given back a moment later.
std::size_t settled_memory(pid_t pid)
{
    std::size_t seen = 0;
    for (int quiet = 0; quiet < 3;) {
        const auto now = status_field(pid, "VmRSS");
        quiet = now == seen ? quiet + 1 : 0;
        seen = now;
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    return seen;
}

pid_t start(const std::filesystem::path& program, const std::filesystem::path& file, const std::filesystem::path& home)
{
    const auto log = (home / "linkspand.log").string();
    const std::string socket = "--socket=" + (home / "private").string(), state = "--state=" + home.string();
    const std::string config = "--config=" + file.string(), notify = "NOTIFY_SOCKET=" + (home / "notify").string();
    const std::string name = program.string();
    std::array arguments{name.c_str(), config.c_str(), socket.c_str(), state.c_str(),
                         static_cast<const char*>(nullptr)};
    std::array environment{notify.c_str(), static_cast<const char*>(nullptr)};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, name.c_str(), &files, nullptr, const_cast<char**>(arguments.data()),
                                     const_cast<char**>(environment.data()));
    posix_spawn_file_actions_destroy(&files);
    return failed == 0 ? child : -1;
}

} // namespace

std::optional<DaemonMemory> memory_of_daemon(const std::filesystem::path& program, const std::filesystem::path& file,
                                             int reloads)
{
    const auto home = file.parent_path();
    const Notifications notifications{home / "notify"};
    const auto pid = start(program, file, home);
    if (pid < 0) return {};
    bool good = notifications.wait_for("READY=1");
    for (int i = 0; good && i < reloads; ++i) {
        ::kill(pid, SIGHUP);
        good = notifications.wait_for("RELOADING=1") && notifications.wait_for("STATUS=");
    }
    const DaemonMemory memory{settled_memory(pid), status_field(pid, "VmHWM")};
    ::kill(pid, SIGTERM);
    ::waitpid(pid, nullptr, 0);
    std::filesystem::remove(home / "notify");
    if (!good || memory.resident == 0) return {};
    return memory;
}

} // namespace linkspan::bench
