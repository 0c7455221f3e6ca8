#include "cli/commands.h"

#include "base/suggest.h"
#include "cli/collisions.h"
#include "cli/explain.h"
#include "cli/fields.h"
#include "cli/units.h"
#include "config/equal.h"
#include "config/load.h"
#include "config/secrets.h"
#include "netlink/socket.h"
#include "route/observe.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

struct Checked {
    config::Sources sources = {};
    config::Loaded loaded = {};
    bool secrets_checked = false;
    bool routes_checked = false;
    std::string routes_unchecked = {}; ///< why not, where there was something to compare
};

/// Secrets are root's; for anybody else, not being able to read them says nothing.
Result<Checked> check_files(const std::string& file)
{
    auto sources = config::read_sources(file);
    TRY(sources);
    Checked checked{.sources = std::move(*sources)};
    checked.loaded = config::load(checked.sources);
    checked.secrets_checked = checked.loaded.config.has_value() && ::geteuid() == 0;
    if (!checked.secrets_checked) return checked;
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    auto missing =
        config::check_secrets(*checked.loaded.config, directory == nullptr ? "" : directory, real_clock().wall());
    std::ranges::move(missing, std::back_inserter(checked.loaded.diagnostics));
    return checked;
}

std::string host_name()
{
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : std::string{};
}

Result<route::Observed> routes_here()
{
    auto socket = netlink::Socket::open(NETLINK_ROUTE);
    TRY(socket);
    return route::observe(*socket);
}

/// The networks that mapped NAT makes up beside the routes of this machine, where they are those of the file's gateway.
void check_routes(const Request& request, Checked& checked)
{
    if (!checked.loaded.config || checked.loaded.stand_ins.empty() || request.no_routes) return;
    const auto routes = routes_here();
    if (!routes) {
        checked.routes_unchecked = printable(routes.error().what, false);
    } else if (!request.file.empty() && !is_of_this_machine(checked.loaded.config->gateway, *routes, host_name())) {
        checked.routes_unchecked = "its [gateway] has no name or address of this machine";
    } else {
        checked.routes_checked = true;
        std::ranges::move(collisions_of(checked.loaded, *routes), std::back_inserter(checked.loaded.diagnostics));
    }
}

json::object object_of(const config::Diagnostic& diagnostic)
{
    return {
        {"severity", diagnostic.severity == config::Severity::Error ? "error" : "warning"},
        {"file", diagnostic.pos.file ? *diagnostic.pos.file : std::string{}},
        {"line", diagnostic.pos.line},
        {"column", diagnostic.pos.column},
        {"message", diagnostic.message},
        {"help", diagnostic.help.empty() ? json::value(nullptr) : json::value(json::string(diagnostic.help))},
    };
}

Result<const config::Connection*> find(const config::Config& config, const std::string& name)
{
    std::vector<std::string_view> names;
    for (const auto& connection : config.connections) {
        if (connection.name.value == name) return &connection;
        names.push_back(connection.name.value);
    }
    std::string what = "there is no connection '" + name + "'";
    if (const auto near = suggest(name, names)) what += "; did you mean '" + std::string{*near} + "'?";
    return failure(Kind::NotFound, std::move(what));
}

/// What the pair's other gateway says otherwise, and must not. Nothing where there is no file of it.
Result<std::vector<config::Difference>> compared(const Request& request, const config::Sources& ours)
{
    if (request.with.empty()) return {};
    const auto theirs = config::read_sources(request.with);
    TRY(theirs);
    if (config::has_errors(config::load(*theirs).diagnostics)) // it may say a secret where none belongs
        return failure(Kind::Config, request.with + " has errors: linkspan check -c " + request.with + " tells them");
    return config::differences(config::sayings_of(ours), config::sayings_of(*theirs));
}

json::array array_of(const std::vector<config::Difference>& differences)
{
    const auto value = [](const std::string& text) -> json::value {
        if (text.empty()) return nullptr;
        return json::string(text);
    };
    json::array all;
    for (const auto& [what, ours, theirs] : differences)
        all.push_back(json::object{{"what", what}, {"here", value(ours)}, {"there", value(theirs)}});
    return all;
}

std::string text_of(const std::vector<config::Difference>& differences)
{
    const auto said = [](const std::string& text) { return text.empty() ? "nothing" : text; };
    std::string all;
    for (const auto& [what, ours, theirs] : differences)
        all += printable("differs: " + what + ": here " + said(ours) + ", there " + said(theirs), false) + '\n';
    return all;
}

std::string json_of(const Checked& checked, bool ok, const json::value& explained, json::array differences)
{
    json::array diagnostics;
    for (const auto& diagnostic : checked.loaded.diagnostics) diagnostics.push_back(object_of(diagnostic));
    json::array files;
    for (const std::string& name : checked.loaded.files) files.push_back(json::string(name));
    const std::size_t connections = checked.loaded.config ? checked.loaded.config->connections.size() : 0;
    return json::serialize(json::object{
               {"schema", 1},
               {"ok", ok},
               {"files", files},
               {"connections", connections},
               {"secrets_checked", checked.secrets_checked},
               {"routes_checked", checked.routes_checked},
               {"diagnostics", diagnostics},
               {"explained", explained},
               {"differences", std::move(differences)},
           }) +
           '\n';
}

/// "linkspan.toml: 2 connections, no errors"
std::string verdict(const std::string& file, const Checked& checked)
{
    const auto name = std::filesystem::path(file).filename().string();
    const auto& why = checked.routes_unchecked;
    return fmt::format("{}: {}, no errors{}{}\n", name,
                       counted(checked.loaded.config->connections.size(), "connection"),
                       checked.secrets_checked ? "" : " (secrets not checked: only root may read them)",
                       why.empty() ? "" : " (routes not checked: " + why + ")");
}

} // namespace

Outcome check(const Request& request, const Style& style)
{
    const std::string file = request.file.empty() ? default_file : request.file;
    auto checked = check_files(file);
    if (!checked) return {.status = exit_error, .err = "linkspan: " + checked.error().what + '\n'};
    check_routes(request, *checked);
    const auto differences = compared(request, checked->sources);
    if (!differences) return {.status = exit_error, .err = "linkspan: " + differences.error().what + '\n'};
    const bool good = checked->loaded.config && !config::has_errors(checked->loaded.diagnostics);
    const bool ok = good && differences->empty();
    const int status = ok ? exit_ok : exit_error;
    std::optional<Explanation> explanation;
    if (checked->loaded.config && !request.explain.empty()) {
        const auto connection = find(*checked->loaded.config, request.explain);
        if (!connection) return {.status = exit_error, .err = "linkspan: " + connection.error().what + '\n'};
        explanation = {request.explain, config::explain(checked->sources, *checked->loaded.config, **connection),
                       std::filesystem::path(file).parent_path() / ""};
    }
    if (request.json)
        return {.status = status,
                .out = json_of(*checked, ok, explanation ? json_of(*explanation) : nullptr, array_of(*differences))};
    std::string text = config::render(checked->loaded.diagnostics, checked->sources, style.colour);
    if (explanation) return {.status = status, .out = text + render_explanation(*explanation, style)};
    if (good) text += verdict(file, *checked) + text_of(*differences);
    return {.status = status, .out = std::move(text)};
}

} // namespace linkspan::cli
