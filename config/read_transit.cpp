#include "config/read.h"

#include <algorithm>

namespace linkspan::config {

void read_transit(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    auto& names = into.connection.transit;
    for (auto& written : reader.texts(key, value)) {
        if (std::ranges::find(names, written.text, &ConnectionName::value) != names.end()) {
            reader.error(written.span, "`transit` names " + in_quotes(written.text) + " twice", "remove one of them");
            continue;
        }
        names.push_back({std::move(written.text)});
        into.transit.push_back(written.span);
    }
}

} // namespace linkspan::config
