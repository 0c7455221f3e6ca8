#include "pair/outside.h"

#include "takeover/aws.h"
#include "takeover/azure.h"
#include "takeover/blob.h"
#include "takeover/cloud_driver.h"
#include "takeover/dynamodb.h"
#include "takeover/exec_driver.h"
#include "takeover/store_arbiter.h"

#include <random>
#include <utility>

namespace linkspan::pair {
namespace {

template <typename... F>
struct Overloaded : F... {
    using F::operator()...;
};

using Driver = std::unique_ptr<takeover::Driver>;

Result<Driver> cloud_driver(std::unique_ptr<takeover::Cloud> cloud, const Clock& clock)
{
    auto random = [device = std::make_shared<std::random_device>()] { return (*device)(); };
    return takeover::CloudDriver::open(std::move(cloud), {}, clock, std::move(random));
}

Result<Driver> driver_of(const OutsideSpec& spec, const Clock& clock)
{
    return std::visit(Overloaded{
                          [](const std::monostate&) -> Result<Driver> { return {}; },
                          [&](const takeover::ExecSpec& exec) -> Result<Driver> {
                              return takeover::ExecDriver::open(exec, clock.now);
                          },
                          [&](const takeover::AwsSpec& aws) -> Result<Driver> {
                              return cloud_driver(std::make_unique<takeover::Aws>(aws), clock);
                          },
                          [&](const takeover::AzureSpec& azure) -> Result<Driver> {
                              return cloud_driver(std::make_unique<takeover::Azure>(azure), clock);
                          },
                      },
                      spec.mover);
}

using Store = std::unique_ptr<takeover::RecordStore>;

Store store_of(const OutsideSpec& spec)
{
    return std::visit(
        Overloaded{
            [](const std::monostate&) -> Store { return {}; },
            [](const takeover::EtcdSpec& etcd) -> Store { return std::make_unique<takeover::EtcdStore>(etcd); },
            [](const takeover::DynamoDbSpec& table) -> Store {
                return std::make_unique<takeover::DynamoDbStore>(table);
            },
            [](const takeover::BlobSpec& blob) -> Store { return std::make_unique<takeover::BlobStore>(blob); },
        },
        spec.arbiter);
}

std::vector<Vote> votes_of(takeover::StoreArbiter& arbiter)
{
    std::vector<Vote> votes;
    for (const auto& answer : arbiter.process()) {
        const bool is_known = answer.verdict != ha::ArbiterVerdict::Unreachable;
        const auto& trouble = arbiter.trouble();
        votes.push_back({answer, is_known ? "" : trouble.empty() ? "no answer in time" : trouble});
    }
    return votes;
}

} // namespace

Result<std::unique_ptr<Outside>> Outside::open(const OutsideSpec& spec, service::Loop& loop, const Clock& clock,
                                               Listener listener)
{
    std::unique_ptr<Outside> outside{new Outside{std::move(listener)}};
    TRY(outside->open_mover(spec, loop, clock));
    TRY(outside->open_arbiter(spec, loop, clock));
    TRY(outside->open_probe(spec, loop, clock));
    return outside;
}

Result<> Outside::open_mover(const OutsideSpec& spec, service::Loop& loop, const Clock& clock)
{
    auto driver = driver_of(spec, clock);
    TRY(driver);
    if (!*driver) return {};
    const auto descriptor = (*driver)->descriptor();
    auto mover = Mover::start({descriptor, [driver = std::move(*driver)](std::optional<takeover::Request> request) {
                                   if (request) driver->ask(*request);
                                   return driver->process();
                               }});
    TRY(mover);
    mover_ = std::move(*mover);
    auto moved = loop.on_readable(mover_->descriptor(), [this] {
        for (const auto& report : mover_->take()) listener_.moved(report);
    });
    TRY(moved);
    moved_ = std::move(*moved);
    return {};
}

/// On the caller's thread, so that a gateway whose thread hangs answers nobody.
Result<> Outside::open_probe(const OutsideSpec& spec, service::Loop& loop, const Clock& clock)
{
    if (spec.probe_port == 0) return {};
    auto probe = takeover::ProbeResponder::open(spec.probe_port, clock.now);
    TRY(probe);
    probe_ = std::move(*probe);
    auto probed = loop.on_readable(probe_->descriptor(), [this] { probe_->process(); });
    TRY(probed);
    probed_ = std::move(*probed);
    return {};
}

Result<> Outside::open_arbiter(const OutsideSpec& spec, service::Loop& loop, const Clock& clock)
{
    auto store = store_of(spec);
    if (!store) return {};
    auto asked = takeover::StoreArbiter::open(std::move(store), spec.ballot, clock, spec.tls);
    TRY(asked);
    const auto descriptor = (*asked)->descriptor();
    auto arbiter = Arbiter::start({.descriptor = descriptor,
                                   .turn =
                                       [asked = std::move(*asked)](std::optional<ha::AskArbiter> question) {
                                           if (question) asked->ask(question->request, question->what);
                                           return votes_of(*asked);
                                       },
                                   .urgent = true});
    TRY(arbiter);
    arbiter_ = std::move(*arbiter);
    auto voted = loop.on_readable(
        arbiter_->descriptor(),
        [this] {
            for (const auto& vote : arbiter_->take()) listener_.voted(vote);
        },
        service::Loop::Priority::High);
    TRY(voted);
    voted_ = std::move(*voted);
    return {};
}

} // namespace linkspan::pair
