#pragma once

#include "agent/facts.h"
#include "agent/options.h"
#include "config/load.h"
#include "pair/pair.h"

#include <functional>
#include <memory>
#include <string>

namespace linkspan::agent {

/// Whether this gateway is one of two, as the file says: starts and ends the pair's thread, gives charon's ha plugin its
/// settings, and keeps a person's maintenance over restarts. Belongs to the agent's thread.
class PairService {
public:
    using Secrets = std::map<ConnectionName, SecretFact>;

    PairService(const Options& options, service::Loop& loop, Clock clock, pair::Pair::Listener listener);

    /// Between the pair, whenever there is one, and who knows of pins.
    [[nodiscard]] const pair::PinBoxes& pins() const { return pins_; }

    /// Takes new files. The pair goes on as it is where nothing of it changed; else it is started anew, which its peer takes
    /// for a restart. Of the rest the peer is told a digest, for the two have to say the same.
    void follow(const config::Config& config, const config::Sources& sources, const Secrets& secrets);

    /// Alone without a pair; a pair that could not be started is a standby for good.
    [[nodiscard]] PairRole role() const;
    [[nodiscard]] Result<pair::Report> report() const;
    /// Of a standby: the SAs that the active gateway has at present.
    [[nodiscard]] std::set<xfrm::StateKey> told() const;
    /// What was seen of charon.
    void follow(const ha::CharonHere& charon);
    /// Why there is none though the file has one; or what else a person has to do. Empty: nothing.
    [[nodiscard]] const std::string& problem() const { return problem_; }

    /// What a person has to look to while it runs.
    [[nodiscard]] std::vector<std::string> warnings() const;

    /// Config: there is no pair, or it does not run. Busy: refused as things are.
    [[nodiscard]] Result<> command(ha::Command command);

private:
    [[nodiscard]] std::unexpected<Error> no_pair() const;
    void end();
    void begin(const config::Ha& file, const std::string& gateway);
    [[nodiscard]] Result<> tell_charon(const config::Ha& file, const pair::Spec& spec, const Secret& key);
    [[nodiscard]] std::filesystem::path maintenance_file() const;
    [[nodiscard]] std::filesystem::path plugin_file() const;

    Options options_;
    service::Loop& loop_;
    Clock clock_;
    pair::Pair::Listener listener_;
    bool configured_ = false;
    std::string problem_;
    pair::PinBoxes pins_;
    std::unique_ptr<pair::Pair> pair_;
    Secret key_;
};

} // namespace linkspan::agent
