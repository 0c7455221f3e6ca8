#include "base/proposal.h"

#include "base/suggest.h"

#include <algorithm>
#include <array>
#include <optional>

namespace linkspan {
namespace {

enum class Role {
    Cipher,      ///< needs an integrity algorithm beside it
    Aead,        ///< cipher and integrity in one
    Integrity,   ///< and, in an IKE proposal, the PRF where none is named
    Prf,         ///< IKE only
    KeyExchange, ///< required in IKE; in ESP it means perfect forward secrecy
    Esn,         ///< ESP only
};

/// A word of strongSwan's proposal language, and what it costs in an ESP packet.
struct Token {
    std::string_view name;
    Role role = Role::KeyExchange;
    EspOverhead cost = {0, 0, 1};
};

constexpr EspOverhead cbc16{16, 0, 16}; // RFC 3602: an IV of one block, padded to whole blocks
constexpr EspOverhead cbc8{8, 0, 8};    // RFC 2451
constexpr EspOverhead counter{8, 0, 4}; // RFC 3686
constexpr EspOverhead aead(std::uint8_t icv)
{
    return {8, icv, 4}; // RFC 4106, 4309, 4543, 7634
}
constexpr EspOverhead icv(std::uint8_t bytes)
{
    return {0, bytes, 4};
}

/// In suggestions the earlier of two equally close words wins, so the usual ones come first. Algorithms that
/// RFC 8221 and RFC 8247 forbid (DES, MD5, modp768) are not offered.
constexpr std::array tokens{
    Token{"aes256gcm16", Role::Aead, aead(16)},
    Token{"aes128gcm16", Role::Aead, aead(16)},
    Token{"aes192gcm16", Role::Aead, aead(16)},
    Token{"aes256gcm128", Role::Aead, aead(16)},
    Token{"aes128gcm128", Role::Aead, aead(16)},
    Token{"aes192gcm128", Role::Aead, aead(16)},
    Token{"aes256gcm12", Role::Aead, aead(12)},
    Token{"aes128gcm12", Role::Aead, aead(12)},
    Token{"aes192gcm12", Role::Aead, aead(12)},
    Token{"aes256gcm8", Role::Aead, aead(8)},
    Token{"aes128gcm8", Role::Aead, aead(8)},
    Token{"aes192gcm8", Role::Aead, aead(8)},
    Token{"aes256ccm16", Role::Aead, aead(16)},
    Token{"aes128ccm16", Role::Aead, aead(16)},
    Token{"aes192ccm16", Role::Aead, aead(16)},
    Token{"aes256ccm12", Role::Aead, aead(12)},
    Token{"aes128ccm12", Role::Aead, aead(12)},
    Token{"aes256ccm8", Role::Aead, aead(8)},
    Token{"aes128ccm8", Role::Aead, aead(8)},
    Token{"chacha20poly1305", Role::Aead, aead(16)},
    Token{"aes256", Role::Cipher, cbc16},
    Token{"aes128", Role::Cipher, cbc16},
    Token{"aes192", Role::Cipher, cbc16},
    Token{"aes", Role::Cipher, cbc16},
    Token{"aes256ctr", Role::Cipher, counter},
    Token{"aes128ctr", Role::Cipher, counter},
    Token{"aes192ctr", Role::Cipher, counter},
    Token{"camellia256", Role::Cipher, cbc16},
    Token{"camellia192", Role::Cipher, cbc16},
    Token{"camellia128", Role::Cipher, cbc16},
    Token{"3des", Role::Cipher, cbc8},
    Token{"sha256", Role::Integrity, icv(16)},
    Token{"sha2_256", Role::Integrity, icv(16)},
    Token{"sha384", Role::Integrity, icv(24)},
    Token{"sha2_384", Role::Integrity, icv(24)},
    Token{"sha512", Role::Integrity, icv(32)},
    Token{"sha2_512", Role::Integrity, icv(32)},
    Token{"sha1", Role::Integrity, icv(12)},
    Token{"sha", Role::Integrity, icv(12)},
    Token{"aesxcbc", Role::Integrity, icv(12)},
    Token{"aescmac", Role::Integrity, icv(12)},
    Token{"prfsha256", Role::Prf},
    Token{"prfsha384", Role::Prf},
    Token{"prfsha512", Role::Prf},
    Token{"prfsha1", Role::Prf},
    Token{"prfaesxcbc", Role::Prf},
    Token{"prfaescmac", Role::Prf},
    Token{"x25519"},
    Token{"curve25519"},
    Token{"ecp256"},
    Token{"ecp384"},
    Token{"ecp521"},
    Token{"modp2048"},
    Token{"modp3072"},
    Token{"modp4096"},
    Token{"modp6144"},
    Token{"modp8192"},
    Token{"modp1536"},
    Token{"modp1024"},
    Token{"x448"},
    Token{"curve448"},
    Token{"ecp256bp"},
    Token{"ecp384bp"},
    Token{"ecp512bp"},
    Token{"esn", Role::Esn},
    Token{"noesn", Role::Esn},
};

constexpr auto names = [] {
    std::array<std::string_view, tokens.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = tokens[i].name;
    return all;
}();

constexpr std::array forbidden{std::string_view{"des"}, std::string_view{"md5"}, std::string_view{"prfmd5"},
                               std::string_view{"modp768"}, std::string_view{"null"}};

std::string quoted(std::string_view word)
{
    return "`" + std::string{word} + "`";
}

/// What others call "group 14" (RFC 3526, 5903, 8031).
struct Group {
    std::string_view number;
    std::string_view name;
};
constexpr std::array groups{Group{"2", "modp1024"},  Group{"5", "modp1536"},  Group{"14", "modp2048"},
                            Group{"15", "modp3072"}, Group{"16", "modp4096"}, Group{"17", "modp6144"},
                            Group{"18", "modp8192"}, Group{"19", "ecp256"},   Group{"20", "ecp384"},
                            Group{"21", "ecp521"},   Group{"31", "x25519"}};

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// For a word in capitals, or a group by its number, how it is written here; empty for any other.
std::string in_our_words(std::string_view word)
{
    std::string lower{word};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (lower != word && std::ranges::find(tokens, lower, &Token::name) != tokens.end()) return lower;
    for (const std::string_view prefix : {"dh", "group", "g"}) {
        if (!lower.starts_with(prefix)) continue;
        const auto group = std::ranges::find(groups, std::string_view{lower}.substr(prefix.size()), &Group::number);
        if (group != groups.end()) return std::string{group->name};
    }
    return {};
}

Result<const Token*> find(std::string_view word)
{
    if (const auto* found = std::ranges::find(tokens, word, &Token::name); found != tokens.end()) return found;
    if (std::ranges::find(forbidden, word) != forbidden.end())
        return failure(Kind::Config, quoted(word) + " protects nothing any more; use aes256gcm16, or aes256-sha256 "
                                                    "with modp2048 or better");
    if (word == "default")
        return failure(Kind::Config, "`default` is not a proposal; leave the key out to get linkspan's defaults");
    if (word.empty()) return failure(Kind::Config, "an algorithm is missing between two '-'");
    if (auto other = in_our_words(word); !other.empty())
        return failure(Kind::Config, quoted(word) + " is written " + other + " here");
    if (std::ranges::all_of(word, is_digit))
        return failure(Kind::Config, quoted(word) + " is no algorithm; its size is part of its name, like aes256 or "
                                                    "aes256gcm16");
    auto what = quoted(word) + " is not an algorithm linkspan knows";
    if (const auto near = suggest(word, names)) what += "; did you mean " + std::string{*near} + "?";
    return failure(Kind::Config, std::move(what));
}

/// The first word of each role that a proposal names.
using Seen = std::array<std::string_view, 6>;

std::string_view& of(Seen& seen, Role role)
{
    return seen[static_cast<std::size_t>(role)];
}

Result<> check_encryption(Seen& seen)
{
    const auto aead = of(seen, Role::Aead);
    const auto cipher = of(seen, Role::Cipher);
    const auto integrity = of(seen, Role::Integrity);
    if (!aead.empty() && !cipher.empty())
        return failure(Kind::Config,
                       quoted(aead) + " and " + quoted(cipher) + " cannot stand in one proposal; write two proposals");
    if (!aead.empty() && !integrity.empty())
        return failure(Kind::Config, quoted(aead) + " brings its own integrity; leave out " + quoted(integrity) +
                                         " (in an IKE proposal, name the PRF: prf" + std::string{integrity} + ")");
    if (aead.empty() && cipher.empty()) return failure(Kind::Config, "the proposal names no cipher, like aes256gcm16");
    if (aead.empty() && integrity.empty())
        return failure(Kind::Config, quoted(cipher) + " needs an integrity algorithm beside it, like sha256");
    return {};
}

Result<> check_use(Seen& seen, Proposal::Use use)
{
    if (use == Proposal::Use::Esp) {
        if (const auto prf = of(seen, Role::Prf); !prf.empty())
            return failure(Kind::Config, quoted(prf) + " is for IKE proposals; ESP uses no PRF, leave it out");
        return {};
    }
    if (const auto esn = of(seen, Role::Esn); !esn.empty())
        return failure(Kind::Config, quoted(esn) + " is for ESP proposals; leave it out");
    if (of(seen, Role::KeyExchange).empty())
        return failure(Kind::Config, "an IKE proposal needs a key exchange group, like ecp384 or modp2048");
    if (of(seen, Role::Prf).empty() && of(seen, Role::Integrity).empty())
        return failure(Kind::Config, quoted(of(seen, Role::Aead)) + " in an IKE proposal needs a PRF, like prfsha384");
    return {};
}

/// The dearest of the alternatives: any of them may be negotiated.
void add(EspOverhead& sum, const EspOverhead& token)
{
    sum.iv = std::max(sum.iv, token.iv);
    sum.icv = std::max(sum.icv, token.icv);
    sum.alignment = std::max(sum.alignment, token.alignment);
}

template <typename Visit>
Result<> for_each_token(std::string_view text, Visit visit)
{
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find('-', begin), text.size());
        const auto token = find(text.substr(begin, end - begin));
        if (!token) return std::unexpected(token.error());
        visit(**token);
        begin = end + 1;
    }
    return {};
}

} // namespace

Result<Proposal> Proposal::parse(std::string_view text, Use use)
{
    Proposal proposal{std::string{text}, {}};
    Seen seen{};
    TRY(for_each_token(text, [&](const Token& token) {
        if (auto& first = of(seen, token.role); first.empty()) first = token.name;
        add(proposal.overhead, token.cost);
    }));
    TRY(check_encryption(seen));
    TRY(check_use(seen, use));
    return proposal;
}

Result<> Proposal::fits_ikev1(std::string_view text, Use use)
{
    Seen seen{};
    std::string_view second;
    TRY(for_each_token(text, [&](const Token& token) {
        // A cipher is a cipher here, with or without integrity of its own.
        auto& first = of(seen, token.role == Role::Aead && use == Use::Esp ? Role::Cipher : token.role);
        if (!first.empty() && second.empty()) second = token.name;
        if (first.empty()) first = token.name;
    }));
    if (const auto aead = of(seen, Role::Aead); !aead.empty())
        return failure(Kind::Config, quoted(aead) +
                                         " is not for IKEv1, which knows classic ciphers only; write it like "
                                         "aes256-sha256-modp2048");
    if (const auto prf = of(seen, Role::Prf); !prf.empty())
        return failure(Kind::Config, quoted(prf) + ": IKEv1 makes its PRF of the hash; leave it out");
    if (of(seen, Role::Esn) == "esn")
        return failure(Kind::Config, "`esn`: IKEv1 does not negotiate extended sequence numbers; leave it out");
    if (!second.empty())
        return failure(Kind::Config, quoted(second) +
                                         " is a second algorithm of its kind, which IKEv1 cannot offer in one "
                                         "proposal; write a proposal for each");
    return {};
}

bool Proposal::names(std::string_view text, std::string_view word)
{
    bool found = false;
    (void)for_each_token(text, [&](const Token& token) { found = found || token.name == word; });
    return found;
}

Proposals::Proposals(std::vector<Proposal> list) : list_(std::make_shared<const std::vector<Proposal>>(std::move(list)))
{
}

const std::vector<Proposal>& Proposals::list() const
{
    static const std::vector<Proposal> none;
    return list_ ? *list_ : none;
}

} // namespace linkspan
