#include "agent/pair_sections.h"

#include "config/equal.h"

namespace linkspan::agent {

ha::SectionTexts section_texts(const config::Sources& sources, const std::map<ConnectionName, SecretFact>& secrets,
                               const Secret& key)
{
    const auto sayings = config::sayings_of(sources);
    ha::SectionTexts texts;
    const auto put = [&](ha::Section section, std::string_view table) {
        texts[static_cast<std::size_t>(section)] = config::canonical_text(sayings, table);
    };
    put(ha::Section::Gateway, "gateway");
    put(ha::Section::Ike, "ike");
    put(ha::Section::Connections, "connection");
    put(ha::Section::Egress, "egress");
    put(ha::Section::Ha, "ha");
    auto& keys = texts[static_cast<std::size_t>(ha::Section::Keys)];
    for (const auto& [name, fact] : secrets)
        if (fact.secret) keys += name.value + ' ' + std::to_string(ha::fingerprint(*fact.secret, key)) + '\n';
    return texts;
}

} // namespace linkspan::agent
