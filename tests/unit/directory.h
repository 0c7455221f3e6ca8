#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace linkspan {

/// A directory of a test's own, gone when the test ends.
class Directory {
public:
    Directory()
    {
        char name[] = "/tmp/linkspan-test-XXXXXX";
        if (const char* made = ::mkdtemp(name)) path_ = made;
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    /// Writes a file that only its owner may read, and answers its path.
    std::filesystem::path write(const std::string& name, const std::string& text) const
    {
        const auto path = path_ / name;
        std::ofstream{path} << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        return path;
    }

private:
    std::filesystem::path path_;
};

} // namespace linkspan
