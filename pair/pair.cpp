#include "pair/pair.h"

#include "ha/describe.h"
#include "pair/engine.h"
#include "pair/haste.h"
#include "service/journal.h"

#include <cerrno>
#include <csignal>
#include <optional>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>
#include <utility>

namespace linkspan::pair {
namespace {

void ring(int fd)
{
    const std::uint64_t one = 1;
    (void)!::write(fd, &one, sizeof one); // full means that it rings already
}

void silence(int fd)
{
    std::uint64_t count = 0;
    (void)!::read(fd, &count, sizeof count);
}

/// Signals are the agent's.
void block_signals()
{
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// Never 0: that is nobody's.
std::uint64_t random_boot()
{
    std::uint64_t boot = 0;
    while (boot == 0)
        if (::getrandom(&boot, sizeof boot, 0) != sizeof boot) boot = 0;
    return boot;
}

void log_note(const ha::Note& note, const std::string& text)
{
    const bool alarm = ha::is_alarm(note.cause);
    service::log({.level = alarm ? service::Entry::Level::Warning : service::Entry::Level::Notice,
                  .message = "pair: " + text,
                  .object = "pair"});
}

void log_failure(const Error& error)
{
    service::log(
        {.level = service::Entry::Level::Error, .message = "pair: " + error.what, .object = "pair", .sys = error.sys});
}

void log_moved(const std::string& text)
{
    service::log({.level = service::Entry::Level::Notice, .message = "pair: " + text, .object = "pair"});
}

} // namespace

Pair::Pair(Spec spec, PinBoxes pins, Listener listener)
    : spec_(std::move(spec)), pins_(std::move(pins)), listener_(std::move(listener))
{
}

Result<std::unique_ptr<Pair>> Pair::start(Spec spec, ha::Keyring keys, bool maintenance, PinBoxes pins,
                                          service::Loop& loop, Clock clock, Listener listener)
{
    std::unique_ptr<Pair> pair{new Pair{std::move(spec), std::move(pins), std::move(listener)}};
    pair->to_pair_ = Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    pair->to_agent_ = Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!pair->to_pair_ || !pair->to_agent_) return sys_error(errno, "start the pair");
    auto readable = loop.on_readable(pair->to_agent_.get(), [self = pair.get()] { self->drain(); });
    TRY(readable);
    pair->readable_ = std::move(*readable);

    std::promise<Result<>> promise;
    auto started = promise.get_future();
    pair->thread_ = std::thread{[self = pair.get(), keys = std::move(keys), maintenance, clock, &promise]() mutable {
        self->run(std::move(keys), maintenance, clock,
                  [&](Result<> outcome) { promise.set_value(std::move(outcome)); });
    }};
    TRY(started.get());
    return pair;
}

Pair::~Pair()
{
    readable_.reset();
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    wake();
    thread_.join();
}

void Pair::wake() const
{
    ring(to_pair_.get());
}

Result<> Pair::command(ha::Command command)
{
    std::future<Result<>> answer;
    {
        const std::lock_guard lock{mutex_};
        answer = orders_.emplace_back(command).answer.get_future();
    }
    wake();
    return answer.get();
}

void Pair::follow(const ha::ConfigDigest& config)
{
    {
        const std::lock_guard lock{mutex_};
        config_ = config;
    }
    wake();
}

void Pair::follow(const ha::CharonHere& charon)
{
    {
        const std::lock_guard lock{mutex_};
        if (charon_ == charon) return;
        charon_ = charon;
    }
    wake();
}

std::set<xfrm::StateKey> Pair::told() const
{
    const std::lock_guard lock{mutex_};
    return {told_.begin(), told_.end()};
}

/// On the pair's thread.
void Pair::obey(Engine& engine, service::Loop& loop)
{
    silence(to_pair_.get());
    std::vector<Order> orders;
    bool ends = false;
    {
        const std::lock_guard lock{mutex_};
        orders.swap(orders_);
        ends = ending_;
        engine.follow(config_);
        engine.follow(charon_);
    }
    for (auto& order : orders) order.answer.set_value(engine.command(order.command));
    if (ends) loop.stop(0);
}

Report Pair::report() const
{
    const std::lock_guard lock{mutex_};
    return report_;
}

/// On the agent's thread.
void Pair::drain()
{
    silence(to_agent_.get());
    if (news_.exchange(false) && listener_.role_changed) listener_.role_changed();
    if (rekey_.exchange(false) && listener_.rekey_all) listener_.rekey_all();
    if (look_.exchange(false) && listener_.look) listener_.look();
    std::set<xfrm::StateKey> missing;
    {
        const std::lock_guard lock{mutex_};
        missing.swap(missing_);
    }
    if (!missing.empty() && listener_.missing) listener_.missing(std::move(missing));
}

/// The thread. `started` is called once, before the first event.
void Pair::run(ha::Keyring keys, bool maintenance, const Clock& clock, std::function<void(Result<>)> started)
{
    block_signals();
    hurry(Haste::First); // who is late counts as dead. The unit allows it; elsewhere it may not be
    auto loop = service::Loop::open();
    if (!loop) return started(std::unexpected(loop.error()));
    auto effects = Effects::open(spec_);
    if (!effects) return started(std::unexpected(effects.error()));
    ha::EpochStore epochs{spec_.state};
    const auto persisted = epochs.load();
    if (!persisted) return started(std::unexpected(persisted.error()));

    const auto changed = [this](const Report& report) {
        if (role_.exchange(report.role) != report.role) {
            news_ = true;
            ring(to_agent_.get());
        }
        const std::lock_guard lock{mutex_};
        report_ = report;
    };
    const auto rekey = [this] {
        rekey_ = true;
        ring(to_agent_.get());
    };
    const auto missing = [this](std::set<xfrm::StateKey> lacking) {
        {
            const std::lock_guard lock{mutex_};
            missing_.merge(lacking);
        }
        ring(to_agent_.get());
    };
    const auto look = [this] {
        look_ = true;
        ring(to_agent_.get());
    };
    const auto told = [this](const std::vector<xfrm::StateKey>& present) {
        const std::lock_guard lock{mutex_};
        told_ = present;
    };
    Engine engine{spec_,
                  std::move(*effects),
                  std::move(epochs),
                  std::move(keys),
                  random_boot(),
                  pins_,
                  *loop,
                  clock,
                  time_asleep,
                  {changed, log_note, rekey, missing, look, told, log_failure, log_moved}};
    auto orders = loop->on_readable(to_pair_.get(), [&] { obey(engine, *loop); });
    if (!orders) return started(std::unexpected(orders.error()));
    const auto running = engine.start(*persisted, maintenance);
    const bool good = running.has_value();
    started(running);
    if (good) (void)loop->run();
}

} // namespace linkspan::pair
