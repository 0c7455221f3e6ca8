#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

namespace linkspan::test {

/// A stand-in for the clouds' APIs (tests/fake/cloud/server.py) in a network namespace of this thread's own, where nothing
/// but its loopback is.
class OwnCloud {
public:
    OwnCloud();
    ~OwnCloud();
    OwnCloud(const OwnCloud&) = delete;
    OwnCloud& operator=(const OwnCloud&) = delete;

    /// The capability that is missing, or "".
    [[nodiscard]] const std::string& missing() const { return missing_; }
    /// "127.0.0.1:40123" behind its scheme.
    [[nodiscard]] std::string origin() const;
    /// "/_faults", "/_world": JSON to the server. "/_log", "/_state": what it answers.
    std::string control(std::string_view path, std::string_view body = "") const;

private:
    std::string missing_ = {};
    pid_t pid_ = -1;
    int port_ = 0;
};

/// A namespace of this thread's own with its loopback up; once for a process. Answers what is missing for it.
[[nodiscard]] std::string enter_namespace_with_loopback();

} // namespace linkspan::test
