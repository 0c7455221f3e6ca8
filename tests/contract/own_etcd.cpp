#include "own_etcd.h"

#include "own_cloud.h"

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace linkspan::test {
namespace {

constexpr const char* etcd = "/usr/bin/etcd";

[[noreturn]] void become_etcd(const std::string& folder, int output)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execl(etcd, etcd, "--name", "one", "--data-dir", folder.c_str(), "--listen-client-urls", "http://127.0.0.1:12379",
            "--advertise-client-urls", "http://127.0.0.1:12379", "--listen-peer-urls", "http://127.0.0.1:12380",
            "--initial-advertise-peer-urls", "http://127.0.0.1:12380", "--initial-cluster",
            "one=http://127.0.0.1:12380", nullptr);
    ::_exit(102);
}

/// Until its log says that it serves clients; false where it ended before.
bool is_serving(int output)
{
    std::string log;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(output, buffer.data(), buffer.size())) > 0;) {
        log.append(buffer.data(), static_cast<std::size_t>(size));
        if (log.find("ready to serve client requests") != std::string::npos) return true;
    }
    return false;
}

} // namespace

OwnEtcd::OwnEtcd() : missing_(enter_namespace_with_loopback())
{
    if (missing_.empty() && ::access(etcd, X_OK) < 0) missing_ = "etcd (package etcd-server)";
    if (!missing_.empty()) return;
    folder_ = std::filesystem::temp_directory_path() / "linkspan-etcd-XXXXXX";
    if (!::mkdtemp(folder_.data())) missing_ = "a folder for etcd's data";
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) become_etcd(folder_, ends[1]);
    ::close(ends[1]);
    if (!is_serving(ends[0])) missing_ = "an etcd that serves";
    // Its further output is not read: the pipe stays open until this process ends, and etcd logs little.
}

OwnEtcd::~OwnEtcd()
{
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

} // namespace linkspan::test
