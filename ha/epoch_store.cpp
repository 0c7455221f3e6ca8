#include "ha/epoch_store.h"

#include "base/fd.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace linkspan::ha {
namespace {

constexpr std::string_view name = "epoch";

Result<> write_whole(int fd, std::string_view text, const std::string& path)
{
    while (!text.empty()) {
        const auto done = ::write(fd, text.data(), text.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return sys_error(done < 0 ? errno : EIO, "write " + path);
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    if (::fsync(fd) != 0) return sys_error(errno, "flush " + path);
    return {};
}

Result<> flush_directory(const std::string& directory)
{
    const Fd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!fd || ::fsync(fd.get()) != 0) return sys_error(errno, "flush " + directory);
    return {};
}

Result<> write_beside(const std::string& path, std::string_view text)
{
    const Fd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd) return sys_error(errno, "create " + path);
    return write_whole(fd.get(), text, path);
}

/// "7\n": all digits and the line's end, or it was cut short.
Result<Epoch> parse(std::string_view text, const std::string& path)
{
    Epoch epoch;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), epoch.value);
    if (error != std::errc{} || end == text.data() || std::string_view{end, text.data() + text.size()} != "\n")
        return failure(Kind::Config,
                       path + " holds no epoch; once it is certain that the other gateway is off or standby, "
                              "write a number above both gateways' last one into it");
    return epoch;
}

} // namespace

Result<Epoch> EpochStore::load() const
{
    const auto path = directory_ + "/" + std::string{name};
    const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd && errno == ENOENT) return Epoch{};
    if (!fd) return sys_error(errno, "read " + path);
    std::array<char, 64> text{};
    const auto size = ::read(fd.get(), text.data(), text.size());
    if (size < 0) return sys_error(errno, "read " + path);
    return parse({text.data(), static_cast<std::size_t>(size)}, path);
}

Result<> EpochStore::raise(Epoch epoch) const
{
    const auto before = load();
    TRY(before);
    if (*before >= epoch) return {};
    const auto path = directory_ + "/" + std::string{name};
    const auto beside = path + ".new";
    TRY(write_beside(beside, std::to_string(epoch.value) + "\n"));
    if (::rename(beside.c_str(), path.c_str()) != 0) return sys_error(errno, "rename " + beside);
    return flush_directory(directory_);
}

} // namespace linkspan::ha
