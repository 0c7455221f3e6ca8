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

struct Place {
    std::string path = {};
    bool is_credential = false; ///< passed by systemd, which has set owner and mode
};

Place place_of(const SecretSource& source, const std::string& credentials_directory)
{
    if (source.kind == SecretSource::Kind::File) return {source.name, false};
    if (credentials_directory.empty()) return {std::string{credential_store} + "/" + source.name, false};
    return {credentials_directory + "/" + source.name, true};
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
    const auto place = place_of(source, credentials_directory);
    if (!place.path.starts_with('/')) return failure(Kind::Config, place.path + " is not an absolute path");
    const Fd fd{::open(place.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!fd && errno == ENOENT)
        return failure(Kind::NotFound, source.kind == SecretSource::Kind::File
                                           ? place.path + " does not exist"
                                           : "credential " + source.name + " does not exist (" + place.path + ")");
    if (!fd) return sys_error(errno, "cannot read " + place.path);
    if (!place.is_credential) TRY(check_owner(fd.get(), place.path));
    return read_all(fd.get(), place.path);
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
        diagnostics.push_back({.pos = c.psk.pos,
                               .message = "connection \"" + c.name.value + "\" has no secret: " + secret.error().what,
                               .help = "as root: (umask 077; printf '%s' \"the secret\" > " + file + ")"});
    }
    return diagnostics;
}

} // namespace linkspan::config
