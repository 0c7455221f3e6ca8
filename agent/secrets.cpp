#include "agent/secrets.h"

#include "config/secrets.h"

namespace linkspan::agent {

std::map<ConnectionName, SecretFact> read_secrets(const config::Config& config,
                                                  const std::string& credentials_directory)
{
    std::map<ConnectionName, SecretFact> facts;
    for (const auto& connection : config.connections) {
        auto secret = config::read_secret(connection.psk, credentials_directory);
        if (secret)
            facts[connection.name].secret = std::make_shared<const Secret>(std::move(*secret));
        else
            facts[connection.name].error = secret.error().what;
    }
    return facts;
}

} // namespace linkspan::agent
