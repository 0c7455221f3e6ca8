#include "agent/secrets.h"

#include "config/secrets.h"

namespace linkspan::agent {

std::map<ConnectionName, SecretFact> read_secrets(const config::Config& config,
                                                  const std::string& credentials_directory)
{
    std::map<ConnectionName, SecretFact> facts;
    for (const auto& connection : config.connections) {
        auto& fact = facts[connection.name];
        if (connection.x509) {
            auto files = config::read_x509(connection, credentials_directory);
            if (files)
                fact.x509 = std::make_shared<const config::X509Files>(std::move(*files));
            else
                fact.error = files.error().what + "; " + files.error().help;
            continue;
        }
        if (!connection.keys.name.empty()) {
            auto keys = config::read_static_keys(connection, credentials_directory);
            if (keys)
                fact.keys = std::make_shared<const config::StaticKeys>(std::move(*keys));
            else
                fact.error = keys.error().what;
            continue;
        }
        auto secret = config::read_secret(connection.psk, credentials_directory);
        if (secret)
            fact.secret = std::make_shared<const Secret>(std::move(*secret));
        else
            fact.error = secret.error().what;
    }
    return facts;
}

} // namespace linkspan::agent
