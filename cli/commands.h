#pragma once

#include "cli/outcome.h"
#include "cli/request.h"
#include "cli/style.h"

namespace linkspan::cli {

/// Does what is asked.
[[nodiscard]] Outcome run(const Request& request, const Style& style);

/// `linkspan check`: local, asks nobody.
[[nodiscard]] Outcome check(const Request& request, const Style& style);

/// `linkspan egress learned | why | discover`: an answer of the agent.
class Client;
[[nodiscard]] Outcome egress(const Request& request, Client& agent);

/// `linkspan egress log`: reads the journal, asks nobody. With `follow` it prints until its output is gone.
[[nodiscard]] Outcome egress_log(const Request& request);

} // namespace linkspan::cli
