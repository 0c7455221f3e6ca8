#include "agent/files.h"

#include "agent/secrets.h"

namespace linkspan::agent {

Result<Files> read_files(const std::filesystem::path& main_file, const std::string& credentials)
{
    auto sources = config::read_sources(main_file);
    if (!sources) return std::unexpected(Error{Kind::Config, sources.error().sys, sources.error().what});
    auto loaded = config::load(*sources);
    if (!loaded.config) return failure(Kind::Config, config::render(loaded.diagnostics, *sources, false));
    Files files;
    for (const auto& diagnostic : loaded.diagnostics) files.warnings.push_back(diagnostic.message);
    files.secrets = read_secrets(*loaded.config, credentials);
    files.config = std::move(*loaded.config);
    files.sources = std::move(*sources);
    return files;
}

} // namespace linkspan::agent
