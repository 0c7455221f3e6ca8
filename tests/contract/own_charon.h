#pragma once

#include "ike/client.h"

#include <sys/types.h>

#include <string>

namespace linkspan::test {

/// A charon of one's own, with our strongswan.conf, in a network and a mount namespace of its own: its /run is a
/// temporary directory, so nothing on this machine sees it. Ends with this object, or with the test's process.
class OwnCharon {
public:
    OwnCharon();
    ~OwnCharon();
    OwnCharon(const OwnCharon&) = delete;
    OwnCharon& operator=(const OwnCharon&) = delete;

    /// The capability that was missing, or "". Why charon did not come up otherwise is in log().
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] std::string path() const { return directory_ + "/linkspan-ike/charon.vici"; }
    [[nodiscard]] std::string log() const;
    /// The socket is there before charon answers: asks until it does, or ends, or has had a minute.
    [[nodiscard]] Result<ike::Client> connect() const;
    /// What a shell command prints in charon's network namespace.
    [[nodiscard]] std::string shell(const std::string& command) const;
    /// Waits for charon's end for at most `milliseconds`; true while it runs.
    [[nodiscard]] bool lives(int milliseconds) const;

private:
    void start();

    std::string missing_;
    std::string directory_;
    pid_t pid_ = -1;
    int pidfd_ = -1;
};

} // namespace linkspan::test
