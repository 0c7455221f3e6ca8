#pragma once

#include "base/error.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkspan {

/// What ESP adds to a packet with one cipher suite, in bytes.
struct EspOverhead {
    std::uint8_t iv = 0;        ///< explicit IV in every packet
    std::uint8_t icv = 0;       ///< integrity check value at the end
    std::uint8_t alignment = 4; ///< plaintext, padding and the two trailer bytes fill a multiple of this
    bool operator==(const EspOverhead&) const = default;
};

/// A cipher suite in strongSwan's notation ("aes256gcm16-prfsha384-ecp384"), checked token by token.
struct Proposal {
    std::string text = {};
    EspOverhead overhead = {}; ///< meaningful for an ESP proposal
    bool operator==(const Proposal&) const = default;

    enum class Use { Ike, Esp };
    /// Refuses unknown tokens ("did you mean aes256gcm16?"), a cipher without integrity, an IKE proposal without
    /// key exchange or PRF, and an AEAD cipher mixed with a classic one.
    [[nodiscard]] static Result<Proposal> parse(std::string_view text, Use use);
    /// Refuses what IKEv1 cannot negotiate. A proposal of IKEv1 has one algorithm of each kind; charon drops all others
    /// without a word. For text that `parse` takes.
    [[nodiscard]] static Result<> fits_ikev1(std::string_view text, Use use);
    /// True where `text` has the token `word`.
    [[nodiscard]] static bool names(std::string_view text, std::string_view word);
};

/// Proposals in the order of preference. Made once and never changed: copies share them, for thousands of connections
/// have the same.
class Proposals {
public:
    using value_type = Proposal;
    using const_iterator = std::vector<Proposal>::const_iterator;

    Proposals() = default;
    explicit Proposals(std::vector<Proposal> list);
    Proposals(std::initializer_list<Proposal> list) : Proposals(std::vector<Proposal>{list}) {}

    [[nodiscard]] const_iterator begin() const { return list().begin(); }
    [[nodiscard]] const_iterator end() const { return list().end(); }
    [[nodiscard]] std::size_t size() const { return list().size(); }
    [[nodiscard]] bool empty() const { return list().empty(); }
    [[nodiscard]] const Proposal& operator[](std::size_t i) const { return list()[i]; }
    bool operator==(const Proposals& other) const { return list_ == other.list_ || list() == other.list(); }

private:
    [[nodiscard]] const std::vector<Proposal>& list() const;

    std::shared_ptr<const std::vector<Proposal>> list_; ///< null: none
};

} // namespace linkspan
