#pragma once

#include "base/clock.h"
#include "ha/action.h"
#include "ha/frame.h"
#include "ha/state.h"
#include "pair/moving.h"
#include "pair/sessions_report.h"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::pair {

/// Something that happened to the pair, for people.
struct Note {
    WallTime when = {};
    ha::Note note = {};
    std::string text = {};
};

/// Who keeps whose tenure it is, as it was found last.
struct Arbiter {
    std::string by = {}; ///< "etcd"; empty = nobody is asked
    bool answers = false;
    ha::Epoch epoch = {};     ///< that is written there, as far as known
    std::string problem = {}; ///< why it does not answer
};

/// What is known of the pair at one moment, as this gateway sees it. A plain value: it goes from the pair's thread to the
/// agent's.
struct Report {
    ha::Node self = ha::Node::First;
    ha::Role role = ha::Role::Init;
    ha::Epoch epoch = {}; ///< the highest known
    ha::Health health = {};
    ha::Replication replication = {};
    bool maintenance = false;
    bool peer_present = false;
    bool peer_ready = false;
    std::optional<std::uint64_t> peer_heard = {}; ///< milliseconds ago; nothing = never
    ha::Heartbeat peer = {};
    std::vector<ha::Section> differing = {};              ///< what of the two files is not the same, and must be
    bool copies_differ = false;                           ///< both sides' SAs are not the same, for a while already
    std::array<std::uint64_t, ha::rejections> rejected{}; ///< datagrams, by ha::Rejection
    std::string trouble = {};                             ///< effects that failed, while they do
    Moving moving = {};                                   ///< of the addresses outside of this machine
    Arbiter arbiter = {};
    SessionsReport sessions = {};
    PinsReport pins = {};
    std::uint64_t jumped = 0;      ///< SAs whose counters were set at the last takeover
    std::uint64_t takeover_us = 0; ///< microseconds from the counters' jump until the addresses were announced
    std::deque<Note> notes = {};   ///< the newest last
};

inline constexpr std::size_t most_notes = 32;

} // namespace linkspan::pair
