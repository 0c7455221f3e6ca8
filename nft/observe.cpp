#include "nft/observe.h"

#include "nft/context.h"
#include "nft/decode.h"
#include "nft/paths_decode.h"
#include "nft/rules_decode.h"

namespace linkspan::nft {
namespace {

/// What `decode` makes of the table's listing; a value of its own where there is no such table.
template <typename Table>
Result<Table> read(const std::string& name, Result<Table> (*decode)(std::string_view))
{
    const auto tables = run("list tables inet", "read nftables tables");
    if (!tables) return std::unexpected(tables.error());
    const auto present = decode_presence(*tables, name);
    if (!present) return std::unexpected(present.error());
    if (!*present) return Table{};
    const auto table = run("list table inet " + name, "read table inet " + name);
    if (!table) return std::unexpected(table.error());
    return decode(*table);
}

} // namespace

Result<Observed> observe()
{
    return read("linkspan", decode_table);
}

Result<ObservedPaths> observe_paths()
{
    return read("linkspan_paths", decode_paths);
}

Result<RulesTable> observe_rules()
{
    return read("linkspan_rules", decode_rules);
}

} // namespace linkspan::nft
