#include "config/static_keys.h"

#include "config/document.h"
#include "config/secrets.h"

#include <algorithm>
#include <array>
#include <set>

namespace linkspan::config {
namespace {

constexpr std::int64_t least_spi = 256; ///< those below are reserved (RFC 4303, 2.1)
constexpr std::int64_t most_spi = 0xffff'ffff;
constexpr std::size_t most_generations = 8;

void wipe(Value& value);

void wipe(Table& table)
{
    for (auto& entry : table) wipe(entry.value);
}

void wipe(Value& value)
{
    if (auto* text = std::get_if<std::string>(&value.content)) Secret::wipe(*text);
    if (auto* table = std::get_if<Table>(&value.content)) wipe(*table);
    if (auto* array = std::get_if<Array>(&value.content))
        for (auto& element : *array) wipe(element);
}

/// A parsed file that is wiped when done with.
struct Parsed {
    Source source = {};
    Document document = {};

    Parsed(std::string_view text, const std::string& path) : source{path, std::string{text}} {}
    Parsed(const Parsed&) = delete;
    Parsed& operator=(const Parsed&) = delete;
    ~Parsed()
    {
        wipe(document.root);
        Secret::wipe(source.text);
    }
};

/// Reads values of one table, and knows how to say where something is wrong.
class Fields {
public:
    Fields(const std::string& path, const Table& table, Span at) : path_(path), table_(table), at_(at) {}

    [[nodiscard]] std::unexpected<Error> wrong(const Span& at, const std::string& what) const
    {
        return failure(Kind::Config,
                       path_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + what);
    }
    [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const { return wrong(at_, what); }

    [[nodiscard]] const Value* find(std::string_view key) const
    {
        const auto found = std::ranges::find(table_, key, &Entry::key);
        return found == table_.end() ? nullptr : &found->value;
    }
    template <typename T>
    [[nodiscard]] Result<const T*> get(std::string_view key, std::string_view kind) const
    {
        const auto* value = find(key);
        if (!value) return nullptr;
        if (const auto* content = std::get_if<T>(&value->content)) return content;
        return wrong(value->span, "`" + std::string{key} + "` must be " + std::string{kind});
    }
    /// An unknown key is not named: it may be a secret in the wrong place.
    [[nodiscard]] Result<> only(std::span<const std::string_view> known) const
    {
        for (const auto& entry : table_)
            if (std::ranges::find(known, entry.key) == known.end()) {
                std::string names;
                for (const auto name : known) names += (names.empty() ? "`" : ", `") + std::string{name} + "`";
                return wrong(entry.span, "this is none of the keys here: " + names);
            }
        return {};
    }
    [[nodiscard]] Fields within(const Table& table, const Span& at) const { return {path_, table, at}; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    const std::string& path_;
    const Table& table_;
    Span at_;
};

int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// A key's bytes, appended to `into`; false where these are not `bytes` bytes in hexadecimal digits.
bool append_hex(std::string_view digits, std::size_t bytes, std::string& into)
{
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    if (digits.size() != 2 * bytes) return false;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = digit_of(digits[i]), low = digit_of(digits[i + 1]);
        if (high < 0 || low < 0) return false;
        into.push_back(static_cast<char>(high << 4 | low));
    }
    return true;
}

Result<> append_key(const Fields& fields, std::string_view name, std::uint32_t bytes, std::string_view remark,
                    std::string& keys)
{
    const auto text = fields.get<std::string>(name, "a string of hexadecimal digits");
    TRY(text);
    const auto* value = fields.find(name);
    if (!*text)
        return fields.wrong("`" + std::string{name} + "` is missing: " + std::to_string(bytes) + " random bytes" +
                            std::string{remark});
    const auto before = keys.size();
    if (!append_hex(**text, bytes, keys))
        return fields.wrong(value->span, "`" + std::string{name} + "` must be " + std::to_string(bytes) + " bytes" +
                                             std::string{remark} + ", in " + std::to_string(2 * bytes) +
                                             " hexadecimal digits: openssl rand -hex " + std::to_string(bytes));
    if (std::ranges::count(keys.substr(before), keys[before]) == bytes)
        return fields.wrong(value->span, "`" + std::string{name} + "` is one byte repeated: no key at all");
    return {};
}

Result<KeyedSa> read_direction(const Fields& generation, std::string_view name, const EspSuite& suite)
{
    const auto table = generation.get<Table>(name, "a table");
    TRY(table);
    if (!*table)
        return generation.wrong("`" + std::string{name} + "` is missing: write `" + std::string{name} +
                                " = { spi = 0x1001, key = \"...\" }`");
    const auto fields = generation.within(**table, generation.find(name)->span);
    static constexpr std::array<std::string_view, 2> aead{"spi", "key"};
    static constexpr std::array<std::string_view, 3> separate{"spi", "key", "integrity_key"};
    TRY(fields.only(suite.is_aead() ? std::span<const std::string_view>{aead} : separate));
    const auto spi = fields.get<std::int64_t>("spi", "a number");
    TRY(spi);
    if (!*spi || **spi < least_spi || **spi > most_spi)
        return fields.wrong("`spi` must be a number from 256 to 4294967295, and what the peer calls it too");
    std::string keys;
    keys.reserve(suite.key_bytes + suite.integrity_bytes); // so that no copy is left behind
    auto outcome =
        append_key(fields, "key", suite.key_bytes, suite.is_aead() ? " (the last 4 are the salt)" : "", keys);
    if (outcome && !suite.is_aead()) outcome = append_key(fields, "integrity_key", suite.integrity_bytes, "", keys);
    auto secret = std::make_shared<const Secret>(keys);
    Secret::wipe(keys);
    TRY(outcome);
    return KeyedSa{Spi{static_cast<std::uint32_t>(**spi)}, std::move(secret)};
}

Result<const EspSuite*> read_suite(const Fields& fields)
{
    const auto name = fields.get<std::string>("cipher", "a string");
    TRY(name);
    if (*name)
        if (const auto* suite = find_esp_suite(**name)) return suite;
    std::string names;
    for (const auto& suite : esp_suites()) names += (names.empty() ? "" : ", ") + std::string{suite.name};
    return fields.wrong("`cipher` must be one of " + names);
}

Result<Generation> read_generation(const Fields& fields)
{
    static constexpr std::array<std::string_view, 6> known{"name", "send", "cipher", "esn", "in", "out"};
    TRY(fields.only(known));
    Generation generation;
    const auto name = fields.get<std::string>("name", "a string");
    TRY(name);
    if (!*name || (*name)->empty() || (*name)->size() > 32 ||
        (*name)->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") !=
            std::string::npos)
        return fields.wrong("`name` must be 1 to 32 letters, digits, '.', '_' or '-', like \"2026-11\"; logs show it");
    generation.name = **name;
    const auto send = fields.get<bool>("send", "true or false");
    TRY(send);
    generation.sends = *send && **send;
    const auto esn = fields.get<bool>("esn", "true or false");
    TRY(esn);
    generation.esn = *esn && **esn;
    const auto suite = read_suite(fields);
    TRY(suite);
    generation.suite = *suite;
    auto in = read_direction(fields, "in", **suite);
    TRY(in);
    auto out = read_direction(fields, "out", **suite);
    TRY(out);
    generation.in = std::move(*in);
    generation.out = std::move(*out);
    return generation;
}

/// A key that is used twice counts twice from the same number: with an AEAD, whoever listens then has both plaintexts.
Result<> check_distinct(const StaticKeys& keys, const std::string& path)
{
    std::set<std::string_view> names, seen;
    std::set<Spi> in, out;
    for (const auto& g : keys.generations) {
        if (!names.insert(g.name).second)
            return failure(Kind::Config, path + ": two generations are named \"" + g.name + "\"");
        if (!in.insert(g.in.spi).second || !out.insert(g.out.spi).second)
            return failure(Kind::Config, path + ": generation \"" + g.name + "\" has an SPI of another generation");
        for (const auto* sa : {&g.in, &g.out})
            if (!seen.insert(sa->keys->reveal()).second)
                return failure(Kind::Config, path + ": generation \"" + g.name +
                                                 "\" has a key twice, or one of another generation: each direction "
                                                 "of each generation needs keys of its own");
    }
    return {};
}

Result<> check_senders(StaticKeys& keys, const std::string& path)
{
    auto& generations = keys.generations;
    if (generations.size() == 1) generations.front().sends = true;
    const auto senders = std::ranges::count(generations, true, &Generation::sends);
    if (senders == 1) return {};
    return failure(Kind::Config, path + ": " + std::to_string(senders) + " of " + std::to_string(generations.size()) +
                                     " generations have `send = true`: exactly one sends, all receive");
}

} // namespace

Result<StaticKeys> parse_static_keys(std::string_view text, const std::string& path)
{
    Parsed parsed{text, path};
    Diagnostics diagnostics;
    parsed.document = parse_document(parsed.source, diagnostics);
    const Fields file{path, parsed.document.root, {1, 1}};
    if (!diagnostics.empty()) {
        const auto& at = diagnostics.front().pos;
        return file.wrong(Span{at.line, at.column}, "this is not TOML"); // the parser's words may quote a key
    }
    static constexpr std::array<std::string_view, 1> known{"generation"};
    TRY(file.only(known));
    const auto list = file.get<Array>("generation", "a list: begin each with `[[generation]]`");
    TRY(list);
    if (!*list || (*list)->empty()) return file.wrong("there is no [[generation]] of keys");
    if ((*list)->size() > most_generations) return file.wrong("more than 8 generations of keys: remove the old ones");
    StaticKeys keys;
    for (const auto& element : **list) {
        const auto* table = std::get_if<Table>(&element.content);
        if (!table)
            return file.wrong(element.span, "`generation` is a list of tables: begin each with `[[generation]]`");
        auto generation = read_generation(file.within(*table, element.span));
        TRY(generation);
        keys.generations.push_back(std::move(*generation));
    }
    TRY(check_distinct(keys, path));
    TRY(check_senders(keys, path));
    return keys;
}

Result<StaticKeys> read_static_keys(const Connection& connection, const std::string& credentials_directory)
{
    const auto text = read_secret(connection.keys, credentials_directory, SecretForm::KeyFile);
    TRY(text);
    auto keys = parse_static_keys(text->reveal(), place_of(connection.keys));
    TRY(keys);
    for (const auto& generation : keys->generations)
        if (generation.esn && connection.replay_window == 0)
            return failure(Kind::Config,
                           "generation \"" + generation.name +
                               "\" has `esn = true`, which needs a replay window, and `replay_window` is 0");
    return keys;
}

} // namespace linkspan::config
