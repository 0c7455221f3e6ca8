#include "bench/scale.h"

#include "agent/compile.h"
#include "agent/files.h"
#include "agent/gather.h"
#include "bench/bare_dump.h"
#include "bench/gateway.h"
#include "bench/shell.h"
#include "bench/stand_ins.h"
#include "config/load.h"

#include <fmt/format.h>
#include <sched.h>

#include <cstdlib>
#include <fstream>

namespace linkspan::bench {
namespace {

[[noreturn]] void give_up(const std::string& why)
{
    fmt::print(stderr, "scale_bench: {}\n", why);
    std::exit(1);
}

void must(bool good, std::string_view what)
{
    if (!good) give_up(fmt::format("{} failed", what));
}

constexpr const char* plain_file = "linkspan.toml";
constexpr const char* edited_file = "edited.toml";

void expect(const agent::Outcome& outcome, bool changes, std::string_view what)
{
    if (!outcome.in_sync) give_up(fmt::format("{}: the kernel does not match", what));
    if (outcome.done.empty() == changes) give_up(fmt::format("{}: {} writes", what, outcome.done.size()));
}

} // namespace

Scratch::Scratch()
{
    std::string name = "/tmp/linkspan-bench.XXXXXX";
    must(::mkdtemp(name.data()) != nullptr, "making a directory in /tmp");
    path_ = name;
}

Scratch::~Scratch()
{
    std::filesystem::remove_all(path_);
}

void Scratch::write(const char* name, const std::string& text) const
{
    std::ofstream{path_ / name} << text;
    std::filesystem::permissions(path_ / name, std::filesystem::perms::owner_read);
}

Scale::Scale(ScaleOptions options) : options_(std::move(options))
{
    must(::unshare(CLONE_NEWNET) == 0, "making a network namespace (are you root?)");
    must(make_uplink(), "making the uplink");
    figures_.real_links = run({"sh", "-c", "ip link add probe type xfrm if_id 1 2> /dev/null"});
    if (figures_.real_links) must(run({"ip", "link", "del", "probe"}), "deleting a link");
    const Gateway gateway{options_.connections, scratch_ / "psk"};
    scratch_.write("psk", "correct horse battery staple\n");
    scratch_.write(plain_file, gateway.file(false));
    scratch_.write(edited_file, gateway.file(true));
    figures_.file_size = std::filesystem::file_size(scratch_ / plain_file);
    auto world = agent::KernelWorld::open({});
    must(world.has_value(), "opening netlink sockets");
    kernel_.emplace(std::move(*world));
}

ScaleFigures Scale::measure()
{
    prepare_batch();
    for (int i = 0; i < options_.repetitions; ++i) {
        measure_ip();
        measure_agent();
        if (options_.parses > 0) measure_parser();
    }
    measure_memory();
    return std::move(figures_);
}

/// What linkspan wants of this kernel, as commands for `ip`; and the links that stand in, if need be.
void Scale::prepare_batch()
{
    auto files = agent::read_files(scratch_ / plain_file, {});
    if (!files) give_up(files.error().what);
    const auto seen = kernel_->observe(agent::Room::Links | agent::Room::Routes);
    must(seen.links && seen.routes, "reading links and routes");
    agent::Facts facts{.secrets = std::move(files->secrets)};
    (void)agent::gather(files->config, seen, facts);
    const auto desired = agent::compile(files->config, facts);
    batch_ = ip_batch(desired, figures_.real_links);
    if (!figures_.real_links) must(run_batch(stand_in_batch(desired)), "making links that stand in");
}

/// Everything of ours away, by hand. Links last: for each that goes and has routes, the kernel walks all routes there are.
void Scale::sweep() const
{
    must(run({"ip", "xfrm", "policy", "flush"}), "flushing policies");
    must(run({"ip", "route", "flush", "table", "main", "proto", std::to_string(route_protocol)}), "flushing routes");
    must(run({"ip", "address", "flush", "to", "169.254.0.0/16"}), "flushing addresses");
    if (figures_.real_links) must(run({"ip", "link", "del", "group", std::to_string(link_group)}), "deleting links");
    must(run({"nft", "add table inet linkspan; delete table inet linkspan"}), "deleting the table");
}

void Scale::load(agent::Reconciler& reconciler, const char* file) const
{
    auto files = agent::read_files(scratch_ / file, {});
    if (!files) give_up(files.error().what);
    reconciler.load(std::move(files->config), std::move(files->secrets));
}

/// Times `work`, and says how long it took: in an emulated machine a person waits for minutes.
void Scale::take(Samples& samples, Clock clock, std::string_view what, const std::function<void()>& work) const
{
    samples.add(clock == Clock::Wall ? time_of(work) : processor_time_of(work));
    fmt::print(stderr, "  {:<40} {}\n", what, duration_text(samples.values.back()));
}

void Scale::measure_ip()
{
    take(figures_.by_ip, Clock::Wall, "ip -batch", [&] { must(run_batch(batch_), "ip -batch"); });
    sweep();
}

void Scale::measure_agent()
{
    StandIns stand_ins{*kernel_};
    agent::World& world = figures_.real_links ? static_cast<agent::World&>(*kernel_) : stand_ins;
    agent::Reconciler reconciler{world, real_clock(), {}};
    load(reconciler, plain_file);
    agent::Outcome outcome;
    take(figures_.cold, Clock::Wall, "cold", [&] { outcome = reconciler.reconcile(agent::all_rooms, false); });
    expect(outcome, true, "cold");
    figures_.steps = outcome.done.size();
    measure_looks(reconciler);
    measure_reloads(reconciler);
    sweep();
}

void Scale::measure_looks(agent::Reconciler& reconciler)
{
    BareDump bare;
    for (int i = 0; i < options_.looks; ++i) {
        std::optional<std::size_t> objects;
        take(figures_.bare, Clock::Processor, "bare dumps", [&] { objects = bare.read_all(); });
        must(objects.has_value(), "dumping");
        figures_.objects = *objects;
        agent::Outcome outcome;
        take(figures_.unchanged, Clock::Processor, "nothing changed",
             [&] { outcome = reconciler.reconcile(agent::all_rooms, true); });
        expect(outcome, false, "nothing changed");
    }
}

/// There and back again: the file that is loaded, the edited one, that again, the first one.
void Scale::measure_reloads(agent::Reconciler& reconciler)
{
    const auto reload = [&](const char* file, bool changes, Samples& samples) {
        agent::Outcome outcome;
        take(samples, Clock::Processor, changes ? "reload, one connection changed" : "reload, nothing changed", [&] {
            load(reconciler, file);
            outcome = reconciler.reconcile(agent::all_rooms, true);
        });
        expect(outcome, changes, "reload");
    };
    for (int i = 0; i < options_.looks; ++i) {
        reload(plain_file, false, figures_.reload_same);
        reload(edited_file, true, figures_.reload_edited);
        reload(edited_file, false, figures_.reload_same);
        reload(plain_file, true, figures_.reload_edited);
    }
}

void Scale::measure_parser()
{
    const auto sources = config::read_sources(scratch_ / plain_file);
    must(sources.has_value(), "reading the file");
    const std::string python = "import tomllib; tomllib.load(open('" + (scratch_ / plain_file).string() + "', 'rb'))";
    take(figures_.python, Clock::Wall, "Python's tomllib",
         [&] { must(run({"python3", "-c", python}), "python3's tomllib"); });
    for (int i = 0; i < options_.parses; ++i)
        take(figures_.parse, Clock::Wall, "parsing",
             [&] { must(config::load(*sources).config.has_value(), "parsing"); });
}

void Scale::measure_memory()
{
    const auto memory = memory_of_daemon(options_.linkspand, scratch_ / plain_file, 3);
    must(memory.has_value(), "running linkspand");
    figures_.memory = *memory;
}

} // namespace linkspan::bench
