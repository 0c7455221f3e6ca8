#include "base/fd.h"
#include "config/load.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace linkspan::config {
namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20;

Result<Source> read_source(const std::filesystem::path& path)
{
    // O_NONBLOCK: a FIFO in the file's place must not hang the agent.
    const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!fd) return sys_error(errno, "cannot read " + path.string());
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0) return sys_error(errno, "cannot read " + path.string());
    if (!S_ISREG(status.st_mode)) return failure(Kind::Config, path.string() + " is not a regular file");

    Source source{path.string(), {}};
    source.text.reserve(static_cast<std::size_t>(std::clamp<off_t>(status.st_size, 0, largest_file)) + 1);
    std::size_t size = 0;
    while (true) {
        source.text.resize(std::max(source.text.capacity(), size + 4096));
        const auto n = ::read(fd.get(), source.text.data() + size, source.text.size() - size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return sys_error(errno, "cannot read " + path.string());
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
        if (size > largest_file) return failure(Kind::Config, path.string() + " is larger than 64 MiB");
    }
    source.text.resize(size);
    return source;
}

Result<std::vector<std::filesystem::path>> list_further(const std::filesystem::path& directory)
{
    std::vector<std::filesystem::path> found;
    std::error_code error;
    std::filesystem::directory_iterator entries{directory, error};
    if (error == std::errc::no_such_file_or_directory) return found;
    for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
        const auto name = entries->path().filename().string();
        if (name.ends_with(".toml") && !name.starts_with('.')) found.push_back(entries->path());
    }
    if (error) return sys_error(error.value(), "cannot list " + directory.string());
    std::ranges::sort(found);
    return found;
}

} // namespace

Result<Sources> read_sources(const std::filesystem::path& main_file)
{
    Sources sources;
    auto main = read_source(main_file);
    if (!main) return std::unexpected(std::move(main).error());
    sources.push_back(*std::move(main));
    const auto further = list_further(main_file.parent_path() / "linkspan.d");
    if (!further) return std::unexpected(further.error());
    for (const auto& path : *further) {
        auto source = read_source(path);
        if (!source) return std::unexpected(std::move(source).error());
        sources.push_back(*std::move(source));
    }
    return sources;
}

} // namespace linkspan::config
