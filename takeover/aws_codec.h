#pragma once

#include "ha/role.h"
#include "takeover/aws_spec.h"
#include "takeover/http.h"
#include "takeover/pursuit.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace linkspan::takeover {

/// The mark of a tenure on what both gateways move.
inline constexpr std::string_view epoch_tag = "linkspan:epoch";

/// One thing that is to be ours, with the ids that AWS knows it by.
struct AwsElastic {
    std::string allocation = {};
    std::string interface = {};
    std::string address = {}; ///< empty = the interface's first
};
struct AwsSecondary {
    std::string address = {};
    std::string interface = {};
};
struct AwsRoute {
    std::string table = {};
    IpPrefix prefix = {};
    std::string interface = {};
    bool missing = false; ///< to be made, not replaced
};
struct AwsMark {
    std::vector<std::string> resources = {};
    ha::Epoch epoch = {};
};
using AwsThing = std::variant<AwsElastic, AwsSecondary, AwsRoute, AwsMark>;

/// "elastic address eipalloc-1"
[[nodiscard]] std::string name_of(const AwsThing& thing);
/// The form of EC2's query API that makes it ours, or asks how it is.
[[nodiscard]] std::map<std::string, std::string> act_form(const AwsThing& thing);
[[nodiscard]] std::map<std::string, std::string> look_form(const AwsThing& thing);
/// What an answer to the form means.
[[nodiscard]] Learnt judge_act(const AwsThing& thing, const HttpResponse& response);
/// Notes in `thing` whether its route is there at all.
[[nodiscard]] Learnt judge_look(AwsThing& thing, const HttpResponse& response);

} // namespace linkspan::takeover
