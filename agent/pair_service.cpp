#include "agent/pair_service.h"

#include "agent/pair_sections.h"
#include "config/secrets.h"
#include "ha/charon_secret.h"
#include "ha/config_digest.h"
#include "pair/charon_plugin.h"
#include "pair/settings.h"
#include "service/journal.h"

#include <array>
#include <climits>
#include <fstream>
#include <unistd.h>

namespace linkspan::agent {

namespace {

std::string host_name()
{
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : std::string{};
}

} // namespace

PairService::PairService(const Options& options, service::Loop& loop, Clock clock, pair::Pair::Listener listener)
    : options_(options), loop_(loop), clock_(std::move(clock)), listener_(std::move(listener))
{
}

std::filesystem::path PairService::maintenance_file() const
{
    return options_.state / "maintenance";
}

std::filesystem::path PairService::plugin_file() const
{
    return std::filesystem::path{options_.socket}.parent_path() / "charon" / "ha.conf";
}

void PairService::follow(const config::Config& config, const config::Sources& sources, const Secrets& secrets)
{
    configured_ = config.ha.has_value();
    if (!configured_) return end();
    begin(*config.ha, config.gateway.name.empty() ? host_name() : config.gateway.name);
    if (pair_) pair_->follow(ha::digest_of(section_texts(sources, secrets, key_), key_));
    if (!problem_.empty())
        service::log({.level = service::Entry::Level::Error, .message = "pair: " + problem_, .object = "pair"});
}

void PairService::end()
{
    problem_.clear();
    pair_.reset();
    if (const auto removed = pair::remove_plugin_settings(plugin_file()); removed && *removed) {
        if (auto fence = nft::Fence::open()) (void)fence->remove();
        service::log(service::Entry::Level::Notice,
                     "this gateway is no longer one of a pair; charon's ha plugin ends with its next start");
    }
}

void PairService::begin(const config::Ha& file, const std::string& gateway)
{
    problem_.clear();
    auto key = config::read_secret(file.secret, options_.credentials);
    auto spec = pair::spec_of(file, {options_.state, pair::segment_pipe, gateway});
    if (!key || !spec) {
        problem_ = key ? spec.error().what : key.error().what;
        return pair_.reset();
    }
    auto keys = ha::Keyring::parse(key->reveal());
    if (!keys) {
        problem_ = keys.error().what;
        return pair_.reset();
    }
    if (pair_ && pair_->spec() == *spec && key_.same_as(*key)) return;
    if (const auto told = tell_charon(file, *spec, *key); !told) problem_ = told.error().what;
    pair_.reset();
    key_ = key->copy();
    auto started = pair::Pair::start(*std::move(spec), *std::move(keys), std::filesystem::exists(maintenance_file()),
                                     pins_, loop_, clock_, listener_);
    if (started)
        pair_ = std::move(*started);
    else
        problem_ = started.error().what;
}

Result<> PairService::tell_charon(const config::Ha&, const pair::Spec& spec, const Secret& key)
{
    const auto& path = spec.paths.front();
    const bool first = spec.self == config::HaNode::First;
    const pair::PairOfCharons charons{*(first ? path.first : path.second), *(first ? path.second : path.first),
                                      ha::charon_secret(key)};
    const auto changed = pair::write_plugin_settings(plugin_file(), pair::plugin_settings(charons));
    TRY(changed);
    if (*changed)
        service::log(service::Entry::Level::Notice,
                     "charon's ha plugin was given settings; they count from charon's next start");
    return {};
}

PairRole PairService::role() const
{
    if (!configured_) return PairRole::Alone;
    return pair_ && pair_->role() == ha::Role::Active ? PairRole::Active : PairRole::Standby;
}

std::unexpected<Error> PairService::no_pair() const
{
    return failure(Kind::Config, configured_ ? "the pair does not run: " + problem_
                                             : "linkspan.toml has no [ha]: this gateway is not one of a pair");
}

Result<pair::Report> PairService::report() const
{
    if (!pair_) return no_pair();
    return pair_->report();
}

std::set<xfrm::StateKey> PairService::told() const
{
    return pair_ ? pair_->told() : std::set<xfrm::StateKey>{};
}

void PairService::follow(const ha::CharonHere& charon)
{
    if (pair_) pair_->follow(charon);
}

std::vector<std::string> PairService::warnings() const
{
    if (!pair_) return {};
    std::vector<std::string> warnings;
    const auto report = pair_->report();
    if (const auto problem = pair::problem_of(report.moving); !problem.empty())
        warnings.push_back("the pair's addresses are not moved as they should be: " + problem);
    if (!report.arbiter.problem.empty())
        warnings.push_back("the pair's arbiter does not answer, so nobody takes over: " + report.arbiter.problem);
    return warnings;
}

/// What a person keeps out stays out over a restart of the agent or the machine.
Result<> PairService::command(ha::Command command)
{
    if (!pair_) return no_pair();
    TRY(pair_->command(command));
    std::error_code error;
    if (command == ha::Command::MaintenanceOn) {
        std::filesystem::create_directories(options_.state, error);
        if (!std::ofstream{maintenance_file()})
            return failure(Kind::Kernel, "cannot write " + maintenance_file().string());
    }
    if (command == ha::Command::MaintenanceOff) std::filesystem::remove(maintenance_file(), error);
    return {};
}

} // namespace linkspan::agent
