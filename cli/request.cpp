#include "cli/request.h"

#include "base/suggest.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace linkspan::cli {
namespace {

namespace po = boost::program_options;

struct CommandRule {
    std::string_view name;
    Command command;
    std::size_t least; ///< words after the command
    std::size_t most;
    bool file; ///< -c has a meaning
    bool json; ///< --json has a meaning
};

constexpr std::array rules{
    CommandRule{"check", Command::Check, 0, 0, true, true},
    CommandRule{"plan", Command::Plan, 0, 0, true, true},
    CommandRule{"apply", Command::Apply, 0, 0, false, true},
    CommandRule{"status", Command::Status, 0, 1, false, true},
    CommandRule{"up", Command::Up, 1, 1, false, false},
    CommandRule{"down", Command::Down, 1, 1, false, false},
    CommandRule{"restart", Command::Restart, 1, 1, false, false},
    CommandRule{"nat", Command::Nat, 2, 2, false, true},
    CommandRule{"ha", Command::Ha, 1, 2, false, true},
    CommandRule{"egress", Command::Egress, 1, 3, false, true},
    CommandRule{"help", Command::Help, 0, 1, false, false},
};

constexpr std::array<std::string_view, rules.size()> names = [] {
    std::array<std::string_view, rules.size()> all;
    for (std::size_t i = 0; i < rules.size(); ++i) all[i] = rules[i].name;
    return all;
}();

constexpr std::array<std::string_view, 10> option_names{"--config", "--explain",   "--no-routes", "--json",
                                                        "--socket", "--no-colour", "--help",      "--version",
                                                        "--anyway", "--follow"};

/// Behind `ha`; the words are what a Request is given as its name.
constexpr std::array<std::string_view, 6> pair_orders{"status",          "switchover", "maintenance on",
                                                      "maintenance off", "resume",     "yield"};

struct EgressRule {
    std::string_view name;
    EgressQuestion question;
    std::size_t least; ///< words after it
    std::size_t most;
    std::string_view usage;
};

constexpr std::array egress_rules{
    EgressRule{"log", EgressQuestion::Log, 0, 0, "log [-f]"},
    EgressRule{"learned", EgressQuestion::Learned, 0, 1, "learned [NAME|ADDRESS]"},
    EgressRule{"why", EgressQuestion::Why, 2, 2, "why SOURCE NAME:PORT"},
    EgressRule{"discover", EgressQuestion::Discover, 0, 0, "discover"},
};

std::unexpected<Error> mistake(std::string what)
{
    return failure(Kind::Config, std::move(what));
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates)
{
    const auto near = suggest(word, candidates);
    return near ? "; did you mean " + std::string(*near) + "?" : "";
}

po::options_description options()
{
    po::options_description all;
    auto add = all.add_options();
    add("config,c", po::value<std::string>());
    add("explain", po::value<std::string>());
    add("with", po::value<std::string>());
    add("no-routes", po::bool_switch());
    add("socket", po::value<std::string>());
    add("anyway", po::bool_switch());
    add("json", po::bool_switch());
    add("follow,f", po::bool_switch());
    add("no-colour", po::bool_switch());
    add("no-color", po::bool_switch());
    add("help,h", po::bool_switch());
    add("version", po::bool_switch());
    add("word", po::value<std::vector<std::string>>());
    return all;
}

Result<po::variables_map> read(std::span<const std::string> arguments)
{
    po::positional_options_description words;
    words.add("word", -1);
    const po::options_description all = options();
    po::variables_map found;
    // Without guessing: an abbreviation that works today would be ambiguous tomorrow.
    const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    try {
        po::store(po::command_line_parser({arguments.begin(), arguments.end()})
                      .options(all)
                      .positional(words)
                      .style(style)
                      .run(),
                  found);
    } catch (const po::unknown_option& unknown) {
        const std::string name = unknown.get_option_name();
        return mistake("there is no option " + name + did_you_mean(name, option_names));
    } catch (const po::error& error) {
        return mistake(error.what());
    }
    return found;
}

const CommandRule* find_rule(std::string_view name)
{
    for (const CommandRule& rule : rules)
        if (rule.name == name) return &rule;
    return nullptr;
}

Result<> check_use(const CommandRule& rule, const std::vector<std::string>& words, const Request& request)
{
    const std::string name{rule.name};
    const std::size_t given = words.size() - 1;
    if (rule.command == Command::Nat && (given < 1 || words[1] != "lookup" || given < 2))
        return mistake("nat answers one question: linkspan nat lookup ADDRESS");
    if (rule.command == Command::Ha && std::ranges::find(pair_orders, request.name) == pair_orders.end())
        return mistake("ha is one of: status, switchover, yield, maintenance on, maintenance off, resume");
    if (request.anyway && (rule.command != Command::Ha || request.name != "switchover"))
        return mistake("only ha switchover takes --anyway");
    if (rule.command == Command::Ha && request.json && request.name != "status")
        return mistake("ha " + request.name + " prints no facts, so it does not take --json");
    if (rule.command == Command::Egress && given < 1)
        return mistake("egress answers log, learned, why and discover: linkspan help egress");
    if (given < rule.least) return mistake(name + " needs the name of a connection: linkspan " + name + " NAME");
    if (given > rule.most) return mistake(name + " does not take \"" + words[rule.most + 1] + '"');
    if (!request.file.empty() && !rule.file) return mistake(name + " does not take -c: the agent reads its own files");
    if (!request.explain.empty() && rule.command != Command::Check)
        return mistake(name + " does not take --explain: linkspan check --explain NAME");
    if (!request.with.empty() && rule.command != Command::Check)
        return mistake(name + " does not take --with: linkspan check --with FILE");
    if (request.no_routes && rule.command != Command::Check)
        return mistake(name + " does not take --no-routes: linkspan check --no-routes");
    if (request.follow && rule.command != Command::Egress)
        return mistake(name + " does not take -f: linkspan egress log -f");
    if (request.json && !rule.json) return mistake(name + " prints no facts, so it does not take --json");
    return {};
}

/// The words behind the first, with a blank between.
std::string joined_behind(const std::vector<std::string>& words)
{
    std::string all;
    for (std::size_t i = 1; i < words.size(); ++i) all += (i > 1 ? " " : "") + words[i];
    return all;
}

/// `words` begins with "egress".
Result<> understand_egress(const std::vector<std::string>& words, Request& request)
{
    std::vector<std::string_view> questions;
    for (const EgressRule& rule : egress_rules) questions.push_back(rule.name);
    const auto* rule = std::ranges::find(egress_rules, std::string_view{words[1]}, &EgressRule::name);
    if (rule == egress_rules.end())
        return mistake("egress answers log, learned, why and discover, not \"" + words[1] + '"' +
                       did_you_mean(words[1], questions));
    const std::size_t given = words.size() - 2;
    if (given < rule->least || given > rule->most)
        return mistake("that is used so: linkspan egress " + std::string(rule->usage));
    request.egress = rule->question;
    if (given > 0) request.name = words[2];
    if (given > 1) request.target = words[3];
    if (request.follow && request.egress != EgressQuestion::Log)
        return mistake("only egress log takes -f: linkspan egress log -f");
    return {};
}

template <typename T>
T value_or(const po::variables_map& found, const char* name, T fallback)
{
    return found.contains(name) ? found[name].as<T>() : fallback;
}

} // namespace

std::span<const std::string_view> command_names()
{
    return names;
}

Result<Request> parse(std::span<const std::string> arguments)
{
    const auto found = read(arguments);
    TRY(found);
    const auto words = value_or(*found, "word", std::vector<std::string>{});
    const bool wants_help = (*found)["help"].as<bool>();
    Request request{
        .explain = value_or(*found, "explain", std::string{}),
        .no_routes = (*found)["no-routes"].as<bool>(),
        .socket = value_or(*found, "socket", std::string(default_socket)),
        .anyway = (*found)["anyway"].as<bool>(),
        .json = (*found)["json"].as<bool>(),
        .follow = (*found)["follow"].as<bool>(),
        .no_colour = (*found)["no-colour"].as<bool>() || (*found)["no-color"].as<bool>(),
    };
    if (const auto file = value_or(*found, "config", std::string{}); !file.empty())
        request.file = std::filesystem::absolute(file).lexically_normal();
    if (const auto other = value_or(*found, "with", std::string{}); !other.empty())
        request.with = std::filesystem::absolute(other).lexically_normal();
    if ((*found)["version"].as<bool>()) {
        request.command = Command::Version;
        return request;
    }
    if (words.empty()) {
        if (wants_help) return request;
        return mistake("what should be done? linkspan --help lists the commands");
    }
    const CommandRule* rule = find_rule(words[0]);
    if (rule == nullptr) return mistake("there is no command " + words[0] + did_you_mean(words[0], names));
    if (wants_help) {
        request.name = words[0];
        return request;
    }
    request.command = rule->command;
    if (rule->command == Command::Ha) request.name = joined_behind(words);
    TRY(check_use(*rule, words, request));
    if (rule->command == Command::Egress) {
        TRY(understand_egress(words, request));
        return request;
    }
    if (words.size() > 1 && rule->command != Command::Ha) request.name = words[rule->command == Command::Nat ? 2 : 1];
    if (rule->command == Command::Help && find_rule(request.name) == nullptr && !request.name.empty())
        return mistake("there is no command " + request.name + did_you_mean(request.name, names));
    return request;
}

} // namespace linkspan::cli
