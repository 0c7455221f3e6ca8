#include "nft/observe.h"

#include "nft/context.h"
#include "nft/decode.h"

namespace linkspan::nft {

Result<Observed> observe()
{
    const auto tables = run("list tables inet", "read nftables tables");
    if (!tables) return std::unexpected(tables.error());
    const auto present = decode_presence(*tables);
    if (!present) return std::unexpected(present.error());
    if (!*present) return Observed{};
    const auto table = run("list table inet linkspan", "read table inet linkspan");
    if (!table) return std::unexpected(table.error());
    return decode_table(*table);
}

} // namespace linkspan::nft
