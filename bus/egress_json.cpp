#include "bus/egress_json.h"

#include "bus/report_json.h"
#include "bus/utf8.h"

namespace linkspan::bus {
namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& all)
{
    json::array array;
    for (const auto& text : all) array.emplace_back(text);
    return array;
}

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::array pins(const std::vector<EgressLearned::Pin>& all)
{
    json::array array;
    for (const auto& pin : all)
        array.push_back(json::object{
            {"client", pin.client}, {"address", pin.address}, {"names", texts(pin.names)}, {"seconds", pin.seconds}});
    return array;
}

} // namespace

json::object object_of(const EgressReport& report)
{
    json::object answers;
    for (const auto& [outcome, count] : report.answers) answers.emplace(outcome, count);
    return {
        {"mode", report.mode},
        {"pins", report.pins},
        {"most_pins", report.most_pins},
        {"open_questions", report.open_questions},
        {"streams_waiting", report.streams_waiting},
        {"answers", std::move(answers)},
        {"held", report.held},
        {"longest_hold", report.longest_hold},
        {"mean_hold", report.mean_hold},
        {"pinned", report.pinned},
        {"no_room", report.no_room},
        {"set_full", report.set_full},
        {"write_errors", report.write_errors},
        {"refusals", report.refusals},
        {"refusals_untold", report.refusals_untold},
        {"names_let", report.names_let},
        {"names_refused", report.names_refused},
        {"sessions_ended", report.sessions_ended},
        {"queue_waiting", report.queue_waiting},
        {"unseen", report.unseen},
        {"queue_dropped", report.queue_dropped},
        {"troubles", texts(report.troubles)},
    };
}

std::string to_json(const EgressLearned& report)
{
    return to_utf8(
        json::serialize(json::object{{"schema", json_schema}, {"pins", pins(report.pins)}, {"more", report.more}}));
}

std::string to_json(const EgressWhy& report)
{
    return to_utf8(json::serialize(json::object{
        {"schema", json_schema},
        {"source", report.question.source},
        {"target", report.question.target},
        {"protocol", report.question.protocol},
        {"port", report.question.port},
        {"judged", report.judged},
        {"allowed", report.allowed},
        {"tag", text_or_null(report.tag)},
        {"rule", text_or_null(report.rule)},
        {"opened", pins(report.opened)},
    }));
}

std::string to_json(const EgressDiscovered& report)
{
    json::array used, asked;
    for (const auto& use : report.used)
        used.push_back(json::object{
            {"target", use.target}, {"protocol", use.protocol}, {"port", use.port}, {"sessions", use.sessions}});
    for (const auto& [name, answers] : report.asked)
        asked.push_back(json::object{{"name", name}, {"answers", answers}});
    return to_utf8(json::serialize(json::object{{"schema", json_schema},
                                                {"used", std::move(used)},
                                                {"asked", std::move(asked)},
                                                {"left_out", report.left_out}}));
}

} // namespace linkspan::bus
