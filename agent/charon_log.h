#pragma once

#include "base/fd.h"
#include "ike/diagnosis.h"
#include "service/loop.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace linkspan::agent {

/// Reads charon's log, a file beside its socket, while somebody wants to know why a negotiation fails, and has charon
/// begin a new one when it is large. A charon without such a file has no causes. Does not move: the loop holds its address.
class CharonLog {
public:
    using Found = std::function<void(const ike::Finding&)>;

    CharonLog(service::Loop& loop, Found found);
    CharonLog(const CharonLog&) = delete;
    CharonLog& operator=(const CharonLog&) = delete;

    /// Says where charon is. What its log holds already was told to others.
    void follow(const std::string& socket);
    /// Reads from now on every second, or does not.
    void listen(bool wanted);
    /// Reads what is new.
    void look();

private:
    [[nodiscard]] bool open();
    void read(std::uint64_t size);
    void begin_anew(std::chrono::steady_clock::time_point now);
    void arm();

    service::Loop& loop_;
    Found found_;
    std::string socket_;
    std::string path_;
    bool wanted_ = false;
    Fd file_;
    std::uint64_t inode_ = 0;
    std::uint64_t offset_ = 0;                         ///< of the first byte not read yet
    std::chrono::steady_clock::time_point asked_ = {}; ///< when charon was told to begin a new one
    ike::Diagnosis diagnosis_;
    service::Loop::Source timer_;
};

} // namespace linkspan::agent
