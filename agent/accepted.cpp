#include "agent/accepted.h"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace linkspan::agent {
namespace {

namespace fs = std::filesystem;

/// Where the i-th source is kept: the main file first, the further ones under their own names.
fs::path place_of(const config::Sources& sources, std::size_t i, const fs::path& directory)
{
    if (i == 0) return accepted_main(directory);
    return directory / "linkspan.d" / fs::path{sources[i].path}.filename();
}

bool same_as_kept(const fs::path& directory, const config::Sources& sources)
{
    const auto kept = config::read_sources(accepted_main(directory));
    return kept && std::ranges::equal(*kept, sources, {}, &config::Source::text, &config::Source::text);
}

Result<> write(const fs::path& path, const std::string& text)
{
    std::ofstream file{path, std::ios::binary};
    file << text << std::flush;
    if (!file) return sys_error(errno, "write " + path.string());
    return {};
}

} // namespace

fs::path accepted_main(const fs::path& directory)
{
    return directory / "linkspan.toml";
}

Result<> keep_accepted(const fs::path& directory, const config::Sources& sources)
{
    if (same_as_kept(directory, sources)) return {};
    const fs::path fresh = directory.string() + ".new";
    std::error_code error;
    fs::remove_all(fresh, error);
    fs::create_directories(fresh / "linkspan.d", error);
    if (error) return sys_error(error.value(), "create " + fresh.string());
    for (std::size_t i = 0; i < sources.size(); ++i) TRY(write(place_of(sources, i, fresh), sources[i].text));
    fs::remove_all(directory, error);
    fs::rename(fresh, directory, error);
    if (error) return sys_error(error.value(), "keep the accepted files in " + directory.string());
    return {};
}

} // namespace linkspan::agent
