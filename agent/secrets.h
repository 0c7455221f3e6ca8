#pragma once

#include "agent/facts.h"
#include "config/config.h"

#include <map>
#include <string>

namespace linkspan::agent {

/// Reads every connection's pre-shared key or certificates. What cannot be read is a fact with a reason, not a failure of the
/// whole: the other connections go on.
[[nodiscard]] std::map<ConnectionName, SecretFact> read_secrets(const config::Config& config,
                                                                const std::string& credentials_directory);

} // namespace linkspan::agent
