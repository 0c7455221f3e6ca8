#include "config/secrets.h"

#include "base/fd.h"
#include "config/static_keys.h"
#include "config/x509_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace linkspan::config {
namespace {

constexpr std::size_t longest_text = 4096; ///< bytes
constexpr std::size_t longest_key = 16384;

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

/// A buffer that is wiped: the stream classes would leave copies behind.
struct Buffer {
    std::array<char, longest_key + 2> bytes = {}; // room for one line end and for seeing that there is more
    std::size_t size = 0;
    ~Buffer() { Secret::wipe(bytes); }
};

Result<> read_all(int fd, const std::string& path, Buffer& into)
{
    for (ssize_t n = 1; n > 0 && into.size < into.bytes.size();) {
        n = ::read(fd, into.bytes.data() + into.size, into.bytes.size() - into.size);
        if (n > 0) into.size += static_cast<std::size_t>(n);
        if (n < 0 && errno != EINTR) return sys_error(errno, "cannot read " + path);
        if (n < 0) n = 1;
    }
    return {};
}

Result<Secret> text_secret(std::string_view bytes, const std::string& path)
{
    if (bytes.ends_with('\n')) bytes.remove_suffix(1);
    if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    if (bytes.empty()) return failure(Kind::Config, path + " is empty; write the pre-shared key into it");
    if (bytes.size() > longest_text)
        return failure(Kind::Config, path + " holds more than the 4096 bytes a secret may have");
    if (bytes.contains('\0'))
        return failure(Kind::Config,
                       path + " holds a NUL byte; write the secret as text, or 0x and hexadecimal digits");
    return Secret{bytes};
}

Result<Secret> key_secret(std::string_view bytes, const std::string& path, std::string_view what)
{
    if (bytes.empty()) return failure(Kind::Config, path + " is empty; put " + std::string{what} + " there");
    if (bytes.size() > longest_key)
        return failure(Kind::Config, path + " holds more than the 16384 bytes a key may have");
    return Secret{bytes};
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

void check_psk(const Connection& c, const std::string& credentials_directory, Diagnostics& diagnostics)
{
    const auto secret = read_secret(c.psk, credentials_directory);
    if (secret) return;
    add_error(diagnostics, c.psk.pos, 1, "connection \"" + c.name.value + "\" has no secret: " + secret.error().what,
              "as root: (umask 077; printf '%s' \"the secret\" > " + place_of(c.psk) + ")");
}

void check_static_keys(const Connection& c, const std::string& credentials_directory, Diagnostics& diagnostics)
{
    const auto keys = read_static_keys(c, credentials_directory);
    if (keys) return;
    add_error(diagnostics, c.keys.pos, 1, "connection \"" + c.name.value + "\" has no keys: " + keys.error().what,
              "linkspan.toml(5), STATIC KEYS, shows such a file; it must be closed to others: chmod 600 " +
                  place_of(c.keys));
}

void check_x509(const Connection& c, const std::string& credentials_directory, WallTime now, Diagnostics& diagnostics)
{
    const auto files = read_x509(c, credentials_directory);
    if (!files) {
        const auto& [pos, what, help] = files.error();
        add_error(diagnostics, pos, 1, "connection \"" + c.name.value + "\": " + what, help);
        return;
    }
    for (const auto& [pos, what, is_warning] : not_in_force(*c.x509, *files, now)) {
        auto& said = add_error(diagnostics, pos, 1, what, "IKE refuses a certificate out of its time: get a new one");
        if (is_warning) said.severity = Severity::Warning;
    }
}

} // namespace

Result<Secret> read_secret(const SecretSource& source, const std::string& credentials_directory, SecretForm form)
{
    const auto opened = open_source(source, credentials_directory);
    if (!opened) return std::unexpected(opened.error());
    if (!opened->is_passed) TRY(check_owner(opened->fd.get(), opened->path));
    Buffer buffer;
    TRY(read_all(opened->fd.get(), opened->path, buffer));
    const std::string_view bytes{buffer.bytes.data(), buffer.size};
    if (form == SecretForm::Text) return text_secret(bytes, opened->path);
    return key_secret(bytes, opened->path, form == SecretForm::PrivateKey ? "the private key" : "the static keys");
}

std::string place_of(const SecretSource& source)
{
    return source.kind == SecretSource::Kind::File ? source.name : std::string{credential_store} + "/" + source.name;
}

Diagnostics check_secrets(const Config& config, const std::string& credentials_directory, WallTime now)
{
    Diagnostics diagnostics;
    for (const auto& c : config.connections) {
        if (!c.enabled) continue;
        if (!c.keys.name.empty())
            check_static_keys(c, credentials_directory, diagnostics);
        else if (c.x509)
            check_x509(c, credentials_directory, now, diagnostics);
        else
            check_psk(c, credentials_directory, diagnostics);
    }
    return diagnostics;
}

} // namespace linkspan::config
