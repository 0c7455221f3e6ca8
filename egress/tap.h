#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "egress/inspector.h"
#include "egress/packet_socket.h"
#include "egress/pin_journal.h"
#include "egress/tap_settings.h"
#include "netlink/socket.h"

#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace linkspan::egress {

/// Packets come from the kernel here, and go on with a verdict. A thread of its own: a reconciliation takes hundreds of
/// milliseconds where there are many connections, and an answer must not wait for it (ADR 32). Everything it knows belongs to
/// the thread; others talk to it through ask(), in values. A queue that breaks is bound again; until then the kernel lets
/// answers go on unseen.
class Tap {
public:
    /// Effects on the kernel's sets, called on the tap's thread.
    struct Doors {
        std::function<Result<>(std::span<const KernelPin>)> write = {}; ///< the kernel has done it when it returns
        std::function<void(std::span<const KernelPin>)> remove = {};
        /// Answers that passed behind the queue since the table was made, and packets of streams that met a full queue since
        /// it was bound.
        std::function<Result<std::uint64_t>()> passed = {};
        std::function<std::uint64_t()> dropped = {};
        /// Somebody else wants all lines of the journal now; and is told those that are noted. Either may be empty.
        std::function<bool(Monotonic)> wants_all = {};
        std::function<void(std::string_view)> tell = {};
    };
    Tap(TapSettings settings, Rules rules, Doors doors, Clock clock);
    ~Tap();
    Tap(const Tap&) = delete;
    Tap& operator=(const Tap&) = delete;

    /// Goes by other rules; returns when pins that they do not allow are gone from the kernel, and sessions too.
    void follow(const Rules& rules);
    /// Writes pins into sets that have just been made.
    void fill(const std::vector<std::string>& classes);
    /// Lines of another tap's journal: what these rules allow of it stands here, too.
    void adopt(std::string_view lines);
    /// What `question` answers on the tap's thread, between two packets.
    template <typename Question>
    auto ask(Question question) -> std::decay_t<decltype(question(std::declval<const Inspector&>()))>
    {
        std::optional<std::decay_t<decltype(question(std::declval<const Inspector&>()))>> answer;
        post([&](Tap& tap) { answer = question(std::as_const(tap.inspector_)); });
        return *std::move(answer);
    }

    /// Readable when there are refusals or troubles to take.
    [[nodiscard]] int notice_fd() const { return notice_.get(); }
    [[nodiscard]] std::vector<Refusal> take_refusals();
    [[nodiscard]] TapReport report();
    /// When it last went round; it does once a second at least.
    [[nodiscard]] Monotonic alive() const { return Monotonic{Monotonic::duration{alive_.load()}}; }

private:
    struct Socket {
        std::optional<PacketSocket> socket = {};
        std::function<Result<PacketSocket>()> open = {};
        void (Tap::*take)(Socket&, const nlmsghdr&) = nullptr;
    };
    /// An answer that the kernel holds until its addresses are open.
    struct Held {
        std::uint32_t packet = 0;
        Monotonic since = {};
        std::vector<std::uint8_t> bytes = {};
    };
    static constexpr std::size_t pins_per_transaction = 512;
    using Errand = std::move_only_function<void(Tap&)>;

    void post(Errand errand);
    void run();
    void turn();
    void rebind();
    void look_behind();
    void drain(Socket& socket, int most);
    void run_errands();
    void housekeep();
    void restore();
    void take_question(Socket& socket, const nlmsghdr& message);
    void take_answer(Socket& socket, const nlmsghdr& message);
    void let_answers_go();
    void take_stream(Socket& socket, const nlmsghdr& message);
    void take_refusal(Socket& socket, const nlmsghdr& message);
    void take_use(Socket& socket, const nlmsghdr& message);
    void open(std::span<const Answered> answered);
    void count(std::span<const Held> held, std::span<const Verdict> verdicts);
    void write(const std::vector<KernelPin>& pins);
    void note(const Answered& answered);
    void tell_all(Monotonic now);
    [[nodiscard]] std::string take_in(std::span<const Pins::Standing> known);
    void tell(Refusal refusal);
    void end_sessions(bool unknown_too);
    void trouble(const Error& error);

    TapSettings settings_;
    Doors doors_;
    Clock clock_;
    Inspector inspector_;
    PinJournal journal_;
    std::optional<netlink::Socket> sessions_; ///< stays open: where one is closed, the kernel keeps everybody waiting
    std::array<Socket, 5> sockets_;
    std::vector<Held> held_;
    Fd errand_fd_;
    Fd notice_;
    TapReport counts_; ///< the thread's own
    Monotonic kept_house_ = {};
    Monotonic bound_ = {};
    Monotonic looked_ = {};
    Unseen unseen_;
    Rise dropped_;

    std::mutex mutex_; ///< of what is below
    std::vector<Errand> errands_;
    std::vector<Refusal> refusals_;
    std::atomic<Monotonic::rep> alive_{0};
    std::atomic<bool> ending_{false};
    std::thread thread_; ///< last: it uses all of the above
};

} // namespace linkspan::egress
