#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "ha/copy_frame.h"
#include "netlink/monitor.h"
#include "pair/bell.h"
#include "pair/flow_outbox.h"
#include "pair/flow_writer.h"
#include "pair/lending_mutex.h"
#include "pair/sessions_report.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace linkspan::pair {

/// Reads this gateway's sessions while it carries, and writes the other one's while that does; on a thread of its own, which
/// the pair's never waits for (docs/adr/0049-sessions-and-pins-are-copied.md).
class SessionCopier {
public:
    struct Settings {
        std::uint32_t marks = 0; ///< sessions with one of them are copied, translated or not
        std::set<IpAddress> shared =
            {}; ///< the pair's; what has another address of this machine's cannot go on elsewhere
    };
    /// What the pair's thread knows.
    struct Standing {
        bool carries = false;
        bool heard = false; ///< the other gateway is there
        ha::Epoch epoch = {};
        bool operator==(const Standing&) const = default;
    };

    [[nodiscard]] static Result<std::unique_ptr<SessionCopier>> start(Settings settings, Clock clock);
    ~SessionCopier();
    SessionCopier(const SessionCopier&) = delete;
    SessionCopier& operator=(const SessionCopier&) = delete;

    /// Readable while there are frames to be sent.
    [[nodiscard]] int descriptor() const { return news_.descriptor(); }
    /// Whoever begins to carry tells of all its sessions at once; whoever does not carry checks no window of its own.
    void follow(const Standing& standing);
    /// What the other gateway tells.
    void take(ha::FlowFrame frame);
    /// At most so many, to be sent.
    [[nodiscard]] std::vector<ha::Payload> frames(std::size_t most);
    [[nodiscard]] SessionsReport report() const;

private:
    static constexpr std::size_t most_untaken = 8'192; ///< frames; 200,000 sessions

    SessionCopier(Settings settings, Clock clock) : settings_(std::move(settings)), clock_(std::move(clock)) {}
    void run();
    [[nodiscard]] Result<> turn(const Standing& standing, const std::vector<ha::FlowFrame>& frames);
    [[nodiscard]] Result<> change(const Standing& before);
    void write(const std::vector<ha::FlowFrame>& frames);
    [[nodiscard]] Result<> listen();
    void tell_news(const std::vector<FlowNews>& news);
    [[nodiscard]] Result<> tell_all();
    [[nodiscard]] bool is_round_over() const;
    void look_around();
    void publish();
    [[nodiscard]] bool can_go_on(const Flow& flow) const;
    [[nodiscard]] Result<> open();
    [[nodiscard]] bool tells() const { return standing_.carries && standing_.heard; }

    Settings settings_;
    Clock clock_;
    Bell orders_;
    Bell news_;

    std::optional<netlink::Monitor> monitor_; ///< from here on the thread's own
    std::optional<FlowWriter> writer_;
    Standing standing_;
    std::set<IpAddress> own_; ///< of this machine alone
    Monotonic round_ = {};    ///< all were told of; the clock's epoch = never
    Monotonic looked_ = {};
    bool missed_ = false; ///< the kernel had no room for its news
    bool strict_ = true;  ///< windows may be checked of sessions that the other gateway carries
    SessionsReport counts_;

    mutable LendingMutex mutex_; ///< of what is below
    Standing wanted_;
    bool carried_ = false; ///< until it was asked to stand so, however shortly
    std::vector<ha::FlowFrame> untaken_;
    std::uint64_t untaken_left_out_ = 0;
    FlowOutbox outbox_;
    SessionsReport report_;
    bool ending_ = false;
    std::thread thread_; ///< last: it uses all of the above
};

} // namespace linkspan::pair
