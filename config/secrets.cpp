#include "config/secrets.h"

#include "base/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace linkspan::config {
namespace {

constexpr std::size_t longest_secret = 4096; ///< bytes

/// A secret's file, open, and whether systemd has passed it, which then has set owner and mode.
struct Opened {
    Fd fd = {};
    std::string path = {};
    bool is_passed = false;
};

Result<Opened> open_file(std::string path, bool is_passed)
{
    if (!path.starts_with('/')) return failure(Kind::Config, path + " is not an absolute path");
    // O_NONBLOCK: a FIFO in the file's place must not hang the agent.
    Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!fd && errno == ENOENT) return failure(Kind::NotFound, path + " does not exist");
    if (!fd) return sys_error(errno, "cannot read " + path);
    return Opened{std::move(fd), std::move(path), is_passed};
}

Result<Opened> open_source(const SecretSource& source, const std::string& credentials_directory)
{
    if (source.kind == SecretSource::Kind::File) return open_file(source.name, false);
    if (!credentials_directory.empty()) {
        auto passed = open_file(credentials_directory + "/" + source.name, true);
        if (passed || passed.error().kind != Kind::NotFound) return passed;
    }
    auto stored = open_file(std::string{credential_store} + "/" + source.name, false);
    if (!stored && stored.error().kind == Kind::NotFound)
        return failure(Kind::NotFound, "credential " + source.name + " is neither passed by systemd nor in " +
                                           std::string{credential_store});
    return stored;
}

/// Reads with one buffer that is wiped: the stream classes would leave copies behind.
Result<Secret> read_all(int fd, const std::string& path)
{
    std::array<char, longest_secret + 2> buffer{}; // room for one line end and for seeing that there is more
    std::size_t size = 0;
    ssize_t n = 1;
    int failed = 0;
    while (n > 0 && size < buffer.size()) {
        n = ::read(fd, buffer.data() + size, buffer.size() - size);
        if (n > 0) size += static_cast<std::size_t>(n);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n < 0)
            failed = errno;
    }
    std::string_view bytes{buffer.data(), size};
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    Result<Secret> secret{Secret{bytes}};
    if (failed != 0)
        secret = sys_error(failed, "cannot read " + path);
    else if (bytes.empty())
        secret = failure(Kind::Config, path + " is empty; write the pre-shared key into it");
    else if (bytes.size() > longest_secret)
        secret = failure(Kind::Config, path + " holds more than the 4096 bytes a secret may have");
    else if (bytes.contains('\0'))
        secret =
            failure(Kind::Config, path + " holds a NUL byte; write the secret as text, or 0x and hexadecimal digits");
    Secret::wipe(buffer);
    return secret;
}

Result<> check_owner(int fd, const std::string& path)
{
    struct stat status{};
    if (::fstat(fd, &status) != 0) return sys_error(errno, "cannot read " + path);
    if (!S_ISREG(status.st_mode)) return failure(Kind::Config, path + " is not a regular file");
    if ((status.st_mode & 077) != 0)
        return failure(Kind::Config, path + " is open to group or others; close it: chmod 600 " + path);
    if (status.st_uid != 0 && status.st_uid != ::geteuid())
        return failure(Kind::Config, path + " belongs to user " + std::to_string(status.st_uid) +
                                         "; give it to root: chown root " + path);
    return {};
}

} // namespace

Result<Secret> read_secret(const SecretSource& source, const std::string& credentials_directory)
{
    const auto opened = open_source(source, credentials_directory);
    if (!opened) return std::unexpected(opened.error());
    if (!opened->is_passed) TRY(check_owner(opened->fd.get(), opened->path));
    return read_all(opened->fd.get(), opened->path);
}

Diagnostics check_secrets(const Config& config, const std::string& credentials_directory)
{
    Diagnostics diagnostics;
    for (const auto& c : config.connections) {
        if (!c.enabled) continue;
        const auto secret = read_secret(c.psk, credentials_directory);
        if (secret) continue;
        const bool is_file = c.psk.kind == SecretSource::Kind::File;
        const auto file = is_file ? c.psk.name : std::string{credential_store} + "/" + c.psk.name;
        add_error(diagnostics, c.psk.pos, 1,
                  "connection \"" + c.name.value + "\" has no secret: " + secret.error().what,
                  "as root: (umask 077; printf '%s' \"the secret\" > " + file + ")");
    }
    return diagnostics;
}

} // namespace linkspan::config
