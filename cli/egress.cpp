#include "cli/answer.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/egress_target.h"
#include "cli/fields.h"
#include "cli/render_egress.h"

#include <boost/json.hpp>

namespace linkspan::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto timeout = 25s;

Result<std::string> answer_of(const Request& request, Client& agent)
{
    if (request.egress == EgressQuestion::Learned) return agent.call("EgressLearned", request.name, timeout);
    if (request.egress == EgressQuestion::Discover) return agent.call("EgressDiscovered", timeout);
    const auto target = parse_target(request.target);
    TRY(target);
    return agent.ask_why(request.name, target->host, target->protocol, target->port, timeout);
}

std::string render(EgressQuestion question, const json::object& answer)
{
    if (question == EgressQuestion::Learned) return render_learned(answer);
    return question == EgressQuestion::Why ? render_why(answer) : render_discovered(answer);
}

} // namespace

Outcome egress(const Request& request, Client& agent)
{
    const auto answer = read_answer(answer_of(request, agent));
    if (!answer) return fail(request, answer.error());
    const bool refused = request.egress == EgressQuestion::Why && !flag(answer->object, "allowed");
    return {.status = refused ? exit_changes : exit_ok,
            .out = request.json ? answer->text + '\n' : render(request.egress, answer->object)};
}

} // namespace linkspan::cli
