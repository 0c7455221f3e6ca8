#include "pair/charon_plugin.h"

#include "base/fd.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace linkspan::pair {
namespace {

std::string content_of(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

Result<> write_whole(int fd, std::string_view text, const std::string& what)
{
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0) return sys_error(errno, what);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

/// The list of plugins is that of systemd/strongswan.conf and `ha`; a test compares them. `monitor = no`: charon decides
/// nothing by itself. `resync = no`: a second after its start it would ask for copies of all, before it was told of the
/// connections they are of. One segment: a pair has one active gateway.
std::string plugin_settings(const PairOfCharons& pair)
{
    return "charon {\n"
           "    load = random nonce openssl xcbc kdf x509 pem pkcs1 pkcs8 pubkey revocation constraints curl "
           "kernel-netlink socket-default vici ha\n"
           "    plugins {\n"
           "        ha {\n"
           "            local = " +
           pair.own.text() +
           "\n"
           "            remote = " +
           pair.peer.text() +
           "\n"
           "            secret = " +
           std::string{pair.secret.reveal()} +
           "\n"
           "            segment_count = 1\n"
           "            fifo_interface = yes\n"
           "            monitor = no\n"
           "            resync = no\n"
           "        }\n"
           "    }\n"
           "}\n";
}

Result<bool> write_plugin_settings(const std::filesystem::path& file, const std::string& settings)
{
    const std::string what = "write " + file.string();
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    if (error) return sys_error(error.value(), what);
    if (std::filesystem::exists(file, error) && content_of(file) == settings) return false;
    const auto fresh = file.string() + ".new";
    ::unlink(fresh.c_str());
    const Fd fd{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd) return sys_error(errno, what);
    TRY(write_whole(fd.get(), settings, what));
    if (::rename(fresh.c_str(), file.c_str()) != 0) return sys_error(errno, what);
    return true;
}

Result<bool> remove_plugin_settings(const std::filesystem::path& file)
{
    std::error_code error;
    const bool removed = std::filesystem::remove(file, error);
    if (error) return sys_error(error.value(), "remove " + file.string());
    return removed;
}

Result<> order_segment(const std::filesystem::path& pipe, SegmentOrder order)
{
    const std::string what = "tell charon's ha plugin by " + pipe.string();
    const Fd fd{::open(pipe.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!fd && (errno == ENXIO || errno == ENOENT)) return failure(Kind::Disconnected, what + ": nobody reads it");
    if (!fd) return sys_error(errno, what);
    struct stat found = {};
    if (::fstat(fd.get(), &found) != 0 || !S_ISFIFO(found.st_mode)) return failure(Kind::Foreign, what + ": no pipe");
    constexpr std::string_view words[] = {"+1\n", "-1\n"};
    return write_whole(fd.get(), words[static_cast<std::size_t>(order)], what);
}

} // namespace linkspan::pair
