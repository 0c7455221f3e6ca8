#include "own_cloud.h"

#include "../netns/own_namespace.h"

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace linkspan::test {
namespace {

constexpr const char* python = "/usr/bin/python3";

bool raise_loopback()
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    const bool is_up = ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    ::close(fd);
    return is_up;
}

[[noreturn]] void become_server(int output)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::execl(python, python, "-B", LINKSPAN_SOURCE_DIR "/tests/fake/cloud/server.py", nullptr);
    ::_exit(102);
}

/// A line of a pipe, or what there was until its end.
std::string line_from(int fd)
{
    std::string line;
    char c = 0;
    while (::read(fd, &c, 1) == 1 && c != '\n') line += c;
    return line;
}

} // namespace

std::string enter_namespace_with_loopback()
{
    static const std::string missing = [] {
        if (auto what = enter_own_namespace(); !what.empty()) return what;
        return raise_loopback() ? std::string{} : std::string{"a loopback in a namespace of its own"};
    }();
    return missing;
}

OwnCloud::OwnCloud() : missing_(enter_namespace_with_loopback())
{
    if (missing_.empty() && ::access(python, X_OK) < 0) missing_ = "Python (package python3)";
    if (!missing_.empty()) return;
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) become_server(ends[1]);
    ::close(ends[1]);
    port_ = std::atoi(line_from(ends[0]).c_str());
    ::close(ends[0]);
}

OwnCloud::~OwnCloud()
{
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string OwnCloud::origin() const
{
    return "http://127.0.0.1:" + std::to_string(port_);
}

std::string OwnCloud::control(std::string_view path, std::string_view body) const
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port_));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
        const auto request =
            "POST " + std::string{path} +
            " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            std::string{body};
        [[maybe_unused]] const auto sent = ::write(fd, request.data(), request.size());
        std::array<char, 4096> buffer{};
        for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;)
            answer.append(buffer.data(), static_cast<std::size_t>(size));
    }
    ::close(fd);
    const auto head = answer.find("\r\n\r\n");
    return head == std::string::npos ? "" : answer.substr(head + 4);
}

} // namespace linkspan::test
