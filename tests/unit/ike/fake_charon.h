#pragma once

#include "ike/packet.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace linkspan::ike::test {

/// Listens where charon would and answers each packet with what `answer` says: any number of packets, or bytes that
/// are none. An empty `bytes` and no packets leaves the caller waiting. Serves one connection after the other.
class FakeCharon {
public:
    struct Answer {
        std::vector<Packet> packets = {};
        std::string bytes = {};
        bool close = false;
    };
    using Script = std::function<Answer(const Packet&)>;

    explicit FakeCharon(Script answer);
    ~FakeCharon();
    FakeCharon(const FakeCharon&) = delete;
    FakeCharon& operator=(const FakeCharon&) = delete;

    [[nodiscard]] std::string path() const { return directory_ + "/charon.vici"; }

    /// Answers `version` and confirms registrations; null for anything else.
    [[nodiscard]] static std::optional<Answer> polite(const Packet& packet);

private:
    void serve();
    void talk(int fd);

    Script answer_;
    std::string directory_;
    int listener_ = -1;
    int stop_[2] = {-1, -1};
    std::thread thread_;
};

/// Whether there is something to read from it, within ten seconds.
[[nodiscard]] bool becomes_readable(int fd);

} // namespace linkspan::ike::test
