#include "nft/quiet.h"

#include "nft/egress_table.h"
#include "nft/fence_codec.h"
#include "nft/nat_wire.h"

#include <arpa/inet.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace linkspan::nft {
namespace {

using namespace std::string_view_literals;

/// Where the kernel puts the names (nf_tables_fill_setelem_info): behind both headers, the table's and then the set's. Either
/// table's name takes five words with its terminator, so the set's begins at one place.
constexpr std::uint32_t type_at = offsetof(nlmsghdr, nlmsg_type);
constexpr std::uint32_t table_at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg)) + NLA_HDRLEN;
constexpr std::uint32_t set_at = table_at + 16 + NLA_HDRLEN;
static_assert(egress_table == "linkspan_egress"sv && fence_table == "linkspan_fence"sv);

/// As BPF loads it: big-endian.
constexpr std::uint32_t word(std::string_view four)
{
    std::uint32_t value = 0;
    for (const char letter : four) value = value << 8 | static_cast<std::uint8_t>(letter);
    return value;
}

constexpr sock_filter load(std::uint16_t size, std::uint32_t at)
{
    return {static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), 0, 0, at};
}
/// So many instructions further on.
constexpr sock_filter jump_if(std::uint32_t value, std::uint8_t yes, std::uint8_t no)
{
    return {BPF_JMP | BPF_JEQ | BPF_K, yes, no, value};
}

} // namespace

/// A load beyond the message's end would drop it: every one of these is within the name that was compared so far.
std::span<const sock_filter> program_of_quiet()
{
    constexpr int everything = 15, nothing = 16; // the places of the two ends
    const auto to = [](int end, int here) { return static_cast<std::uint8_t>(end - here - 1); };
    static const std::array program{
        load(BPF_H, type_at),
        jump_if(htons(nft_type(NFT_MSG_NEWGEN)), to(nothing, 1), 0),
        jump_if(htons(nft_type(NFT_MSG_NEWSETELEM)), 1, 0),
        jump_if(htons(nft_type(NFT_MSG_DELSETELEM)), 0, to(everything, 3)),
        load(BPF_W, table_at),
        jump_if(word("link"), 0, to(everything, 5)),
        load(BPF_W, table_at + 4),
        jump_if(word("span"), 0, to(everything, 7)),
        load(BPF_W, table_at + 8),
        jump_if(word("_fen"), to(nothing, 9), 0),
        jump_if(word("_egr"), 0, to(everything, 10)),
        load(BPF_W, table_at + 12),
        jump_if(word("ess\0"sv), 0, to(everything, 12)),
        load(BPF_W, set_at),
        jump_if(word("pins"), to(nothing, 14), 0),
        sock_filter{BPF_RET | BPF_K, 0, 0, 0xffff'ffff},
        sock_filter{BPF_RET | BPF_K, 0, 0, 0},
    };
    static_assert(std::tuple_size_v<std::remove_const_t<decltype(program)>> == nothing + 1);
    return program;
}

} // namespace linkspan::nft
