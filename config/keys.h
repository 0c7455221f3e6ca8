#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace linkspan::config {

/// What a key's value looks like in TOML.
enum class Shape {
    Text,
    Texts,       ///< an array of strings
    TextOrTexts, ///< one string, or an array of them
    Boolean,
    Integer,
    Duration, ///< "1h30m", or an integer number of seconds
    Group,    ///< a table of its own keys, or an array of such tables
    Groups,   ///< an array of tables of its own keys
    Networks, ///< a table of networks, each with the network it is mapped to
    Port,     ///< an integer, or a string with a range of them: "8000-8010"
};

/// One key a person may write: all that messages, the JSON schema and the manual page say about it.
struct Key {
    std::string_view name;
    Shape shape = Shape::Text;
    bool required = false;
    std::string_view fallback = {};               ///< the value a missing key means, as TOML; empty = none, or computed
    std::string_view example = {};                ///< a good value, as TOML
    std::span<const std::string_view> words = {}; ///< the only strings allowed; empty = any
    std::int64_t least = 0;                       ///< Integer, and Duration in seconds
    std::int64_t most = 0;
};

/// A table of the file: its header, its keys, and the keys that a later version will know.
struct KeyTable {
    std::string_view header; ///< "[gateway]"; empty = the top level
    std::vector<Key> keys;
    std::span<const std::string_view> later;
};

/// Every table there is, taken from the readers themselves: top level, [gateway], [ike], [ha] and those within, [[connection]],
/// psk, key, [connection.backup], probe, [connection.nat], its rules, [egress], [egress.limits], [[egress.tag]], [[egress.policy]].
[[nodiscard]] std::vector<KeyTable> key_tables();

} // namespace linkspan::config
