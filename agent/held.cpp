#include "agent/held.h"

#include "base/fd.h"

#include <fcntl.h>
#include <system_error>

namespace linkspan::agent {

std::set<ConnectionName> load_held(const std::filesystem::path& directory)
{
    std::set<ConnectionName> held;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator{directory, missing})
        held.insert({entry.path().filename().string()});
    return held;
}

Result<> hold(const std::filesystem::path& directory, const ConnectionName& name)
{
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return sys_error(error.value(), "create " + directory.string());
    const auto file = directory / name.value;
    const Fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    if (!fd) return sys_error(errno, "create " + file.string());
    return {};
}

Result<> release(const std::filesystem::path& directory, const ConnectionName& name)
{
    std::error_code error;
    std::filesystem::remove(directory / name.value, error);
    if (error) return sys_error(error.value(), "remove " + (directory / name.value).string());
    return {};
}

} // namespace linkspan::agent
