#pragma once

#include "ha/action.h"

#include <string>

namespace linkspan::ha {

/// A whole sentence for the log and for `linkspan ha status`: "standby -> claim: nothing was heard from the peer (epoch 7)".
[[nodiscard]] std::string text_of(const Note& note);
/// "connections, keys"
[[nodiscard]] std::string text_of(const std::vector<Section>& named);

/// True where a person has to look: the pair is not what it should be.
[[nodiscard]] bool is_alarm(Cause cause);

} // namespace linkspan::ha
