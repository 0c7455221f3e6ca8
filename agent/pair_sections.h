#pragma once

#include "agent/facts.h"
#include "config/load.h"
#include "ha/config_digest.h"

#include <map>

namespace linkspan::agent {

/// What has to be the same on both gateways of a pair, in the sections that a person is told of. Of secrets, the pre-shared
/// keys themselves count, wherever the file says they are; what stands for them here is digested with `key`, the pair's own.
[[nodiscard]] ha::SectionTexts section_texts(const config::Sources& sources,
                                             const std::map<ConnectionName, SecretFact>& secrets, const Secret& key);

} // namespace linkspan::agent
