#include "own_charon.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace linkspan::test {
namespace {

constexpr const char* charon = "/usr/lib/ipsec/charon";

/// The child's side, between fork and exec. The exit status tells the parent what failed.
[[noreturn]] void become_charon(const std::string& directory)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = ::open((directory + "/log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (::unshare(CLONE_NEWNET | CLONE_NEWNS) < 0) ::_exit(101);
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) ::_exit(101);
    if (::mount(directory.c_str(), "/run", nullptr, MS_BIND, nullptr) < 0) ::_exit(101);
    ::setenv("STRONGSWAN_CONF", LINKSPAN_SOURCE_DIR "/systemd/strongswan.conf", 1);
    ::execl(charon, charon, nullptr);
    ::_exit(102);
}

} // namespace

OwnCharon::OwnCharon()
{
    if (::access(charon, X_OK) < 0)
        missing_ = "strongSwan's charon (package strongswan-charon)";
    else if (::geteuid() != 0)
        missing_ = "root, to make a network and a mount namespace";
    else
        start();
}

void OwnCharon::start()
{
    std::string pattern = std::filesystem::temp_directory_path() / "linkspan-charon-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(directory_ + "/linkspan-ike");
    pid_ = ::fork();
    if (pid_ == 0) become_charon(directory_);
    pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

OwnCharon::~OwnCharon()
{
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        ::close(pidfd_);
    }
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
}

bool OwnCharon::lives(int milliseconds) const
{
    pollfd entry{pidfd_, POLLIN, 0};
    return ::poll(&entry, 1, milliseconds) == 0;
}

std::string OwnCharon::log() const
{
    std::ifstream file{directory_ + "/log"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

Result<ike::Client> OwnCharon::connect() const
{
    auto client = ike::Client::connect(path());
    for (int attempt = 0; !client && attempt < 600 && lives(100); ++attempt) client = ike::Client::connect(path());
    return client;
}

std::string OwnCharon::shell(const std::string& command) const
{
    const std::string line = "nsenter --net=/proc/" + std::to_string(pid_) + "/ns/net sh -c '" + command + "' 2>&1";
    std::string output;
    FILE* pipe = ::popen(line.c_str(), "r");
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    return ::pclose(pipe) == 0 ? output : "failed: " + line + ": " + output;
}

} // namespace linkspan::test
