#include "bus/pair_json.h"

#include "bus/report_json.h"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace linkspan::bus {
namespace {

namespace json = boost::json;

constexpr std::uint32_t never = 0xffffffff;

json::value word_of(ha::Node node)
{
    return node == ha::Node::First ? "first" : "second";
}

json::value text_or_null(const std::string& text)
{
    if (text.empty()) return nullptr;
    return json::string(text);
}

json::value age(std::uint32_t milliseconds)
{
    if (milliseconds == never) return nullptr;
    return milliseconds;
}

json::object object_of(const ha::Replication& copied)
{
    return {{"sas", copied.sas}, {"counters_age_ms", age(copied.counters_age)}, {"lacks", copied.lacks}};
}

json::object object_of(const pair::SessionsReport& sessions)
{
    const auto behind = std::chrono::duration_cast<std::chrono::milliseconds>(sessions.behind).count();
    return {{"told", sessions.told},       {"own", sessions.own},
            {"known", sessions.known},     {"waiting", sessions.waiting},
            {"behind_ms", behind},         {"left_out", sessions.left_out},
            {"refused", sessions.refused}, {"problem", text_or_null(sessions.problem)}};
}

json::value peer_of(const pair::Report& report)
{
    if (!report.peer_heard) return nullptr;
    const auto& beat = report.peer;
    return json::object{{"present", report.peer_present}, {"heard_ms", *report.peer_heard},
                        {"role", ha::word_of(beat.role)}, {"epoch", beat.epoch.value},
                        {"fit", beat.health.fit},         {"ready", report.peer_ready},
                        {"version", beat.version},        {"replication", object_of(beat.replication)}};
}

json::array words_of(const std::vector<ha::Section>& sections)
{
    json::array words;
    for (const auto section : sections) words.emplace_back(ha::word_of(section));
    return words;
}

json::object object_of(const pair::Note& note)
{
    const auto seconds = std::chrono::system_clock::to_time_t(note.when);
    return {{"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds))},
            {"cause", ha::word_of(note.note.cause)},
            {"from", ha::word_of(note.note.from)},
            {"to", ha::word_of(note.note.to)},
            {"epoch", note.note.epoch.value},
            {"text", note.text}};
}

json::object rejected_of(const pair::Report& report)
{
    json::object counts;
    for (std::size_t i = 0; i < report.rejected.size(); ++i)
        counts[ha::word_of(static_cast<ha::Rejection>(i))] = report.rejected[i];
    return counts;
}

json::value object_of(const pair::Moving& moving)
{
    if (moving.by.empty()) return nullptr;
    json::object object{
        {"by", moving.by}, {"asked", nullptr}, {"epoch", nullptr}, {"state", nullptr}, {"detail", nullptr}};
    if (!moving.asked) return object;
    object["asked"] = word_of(moving.asked->verb);
    object["epoch"] = moving.asked->epoch.value;
    object["state"] = moving.told ? word_of(moving.told->outcome) : "under way";
    if (moving.told) object["detail"] = text_or_null(moving.told->detail);
    return object;
}

json::value object_of(const pair::Arbiter& arbiter)
{
    if (arbiter.by.empty()) return nullptr;
    return json::object{{"by", arbiter.by},
                        {"answers", arbiter.answers},
                        {"epoch", arbiter.epoch.value},
                        {"problem", text_or_null(arbiter.problem)}};
}

} // namespace

std::string to_json(const pair::Report& report)
{
    auto replication = object_of(report.replication);
    replication["differs"] = report.copies_differ;
    json::array events;
    for (const auto& note : report.notes) events.push_back(object_of(note));
    return json::serialize(json::object{
        {"schema", json_schema},
        {"node", word_of(report.self)},
        {"role", ha::word_of(report.role)},
        {"epoch", report.epoch.value},
        {"fit", report.health.fit},
        {"maintenance", report.maintenance},
        {"trouble", text_or_null(report.trouble)},
        {"replication", std::move(replication)},
        {"sessions", object_of(report.sessions)},
        {"pins", json::object{{"waiting", report.pins.waiting}, {"left_out", report.pins.left_out}}},
        {"peer", peer_of(report)},
        {"differs", words_of(report.differing)},
        {"takeover", json::object{{"sas_set", report.jumped}, {"microseconds", report.takeover_us}}},
        {"outside", json::object{{"takeover", object_of(report.moving)}, {"arbiter", object_of(report.arbiter)}}},
        {"rejected", rejected_of(report)},
        {"events", std::move(events)}});
}

} // namespace linkspan::bus
