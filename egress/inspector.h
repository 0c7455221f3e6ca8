#pragma once

#include "egress/alarm.h"
#include "egress/discovery.h"
#include "egress/name_gate.h"
#include "egress/networks.h"
#include "egress/rules.h"
#include "egress/seen.h"
#include "egress/segment.h"
#include "egress/snoop.h"
#include "egress/streams.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace linkspan::egress {

/// A pin as the kernel's sets know it.
struct KernelPin {
    IpAddress client = {};
    IpAddress address = {};
    std::string service_class = {}; ///< name_of() its class
    std::chrono::seconds timeout{}; ///< 0 where it goes
    bool fresh = false;             ///< nobody wrote it before, as far as is known
    bool operator==(const KernelPin&) const = default;
};

/// What an answer comes to.
struct Answered {
    bool drop = false;                ///< of a stream, out of order: it will be sent again
    std::vector<KernelPin> pins = {}; ///< that must stand before it goes on
    DnsName name = {};                ///< that they are by; empty without pins
};

/// A packet that the kernel refused, or a stream that was refused by its name.
struct Refusal {
    Wanted wanted = {};
    DnsName name = {};    ///< the one the client saw the address by last, or the one that a stream said
    std::string tag = {}; ///< empty: no rule is about it
    std::string rule = {};
    std::string why = {}; ///< of a stream
};

/// What the rules' change makes of pins.
struct Moves {
    std::vector<KernelPin> stand = {};
    std::vector<KernelPin> gone = {};
};

/// A pin for a person.
struct LearnedPin {
    IpAddress client = {};
    IpAddress address = {};
    std::vector<std::string> names = {};
    std::chrono::seconds left{};
};

/// What was counted since the start.
struct Counts {
    std::array<std::uint64_t, outcomes> answers{};
    Alarm no_room{};               ///< pins that a limit kept out
    std::uint64_t streams_let = 0; ///< streams that said a name that fits
    std::uint64_t streams_refused = 0;
    std::size_t pins = 0;
    std::size_t questions = 0;
    std::size_t streams = 0; ///< that have not said their name
};

/// Everything that is decided about packets, without a kernel and without a clock: packets and the time come in, what has
/// to be done goes out.
class Inspector {
public:
    explicit Inspector(Rules rules);

    /// A packet of a client to a resolver, by UDP or TCP.
    void question(std::span<const std::uint8_t> packet, Monotonic now);
    /// A packet of a resolver to a client.
    [[nodiscard]] Answered answer(std::span<const std::uint8_t> packet, Monotonic now);
    /// A packet of a stream whose name was not seen yet. `refusal` is filled where it is refused.
    [[nodiscard]] Gated stream(std::span<const std::uint8_t> packet, Refusal& refusal);
    /// A packet that the kernel refused.
    [[nodiscard]] Result<Refusal> refused(std::span<const std::uint8_t> packet) const;
    /// The first packet of a session in discovery mode.
    void used(std::span<const std::uint8_t> packet);

    /// Goes by other rules from now on. What stands and is allowed by them stands on.
    [[nodiscard]] Moves follow(Rules rules, Monotonic now);
    /// A pin of an agent before this one.
    [[nodiscard]] std::vector<KernelPin> adopt(const Pins::Standing& standing, Monotonic now);
    /// Every pin of these classes, for sets that are new.
    [[nodiscard]] std::vector<KernelPin> all_pins(Monotonic now) const;

    /// Whether anything is known of where a session leads, but that no rule is about it.
    [[nodiscard]] bool knows(const Wanted& wanted) const;
    /// Pins that the kernel did not take.
    void unlearn(std::span<const KernelPin> pins);

    /// Whether a session may go on.
    [[nodiscard]] Ruling judge(const Wanted& wanted) const;
    [[nodiscard]] Ruling judge(const IpAddress& client, const DnsName& name, std::uint8_t ip_protocol,
                               std::uint16_t port) const;

    /// Pins whose names or addresses contain `filter`, at most `most`.
    [[nodiscard]] std::vector<LearnedPin> learned(std::string_view filter, std::size_t most, Monotonic now) const;
    [[nodiscard]] Counts counts() const;
    [[nodiscard]] const Discovery& discovery() const { return discovery_; }
    [[nodiscard]] const Rules& rules() const { return rules_; }
    [[nodiscard]] const std::vector<std::string>& class_names() const { return class_names_; }
    [[nodiscard]] const Snoop& snoop() const { return snoop_; }
    void forget(Monotonic now);

private:
    void learn(const Datagram& datagram, Monotonic now, Answered& into);
    void note(const Datagram& datagram, const DnsAnswer& answer);
    [[nodiscard]] Answered answer_in_stream(const Segment& segment, Monotonic now);
    [[nodiscard]] bool fits(const Flow& flow, const DnsName& said) const;
    [[nodiscard]] std::vector<KernelPin> named(const std::vector<Pinned>& pins) const;
    void name_classes();

    Rules rules_;
    Snoop snoop_;
    std::vector<std::string> class_names_;
    Streams asking_{Streams::Limits{}};
    Streams answering_{Streams::Limits{}};
    NameGate gate_;
    Seen seen_;
    Discovery discovery_;
    Counts counts_;
};

} // namespace linkspan::egress
