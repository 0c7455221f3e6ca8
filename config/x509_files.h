#pragma once

#include "base/secret.h"
#include "config/config.h"
#include "pki/certificate.h"

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::config {

/// What authentication by certificate needs, read and found to fit together.
struct X509Files {
    std::vector<pki::Certificate> chain = {}; ///< ours, then the intermediates
    std::shared_ptr<const Secret> key = {};
    std::vector<pki::Certificate> ca = {};
    std::optional<pki::Certificate> remote = {};
    std::vector<std::string> crls = {}; ///< DER
};

/// What is wrong with one of the files, at the place where it is named.
struct FileFault {
    SourcePos pos = {};
    std::string what = {};
    std::string help = {};
};

/// Reads all files of the connection's `x509`, which must be there. Refuses what charon or the peer would refuse later and
/// with fewer words: a key of another certificate, a CA that is none, an identity the certificate does not confirm.
/// Validity in time is asked for apart (`not_in_force`): it changes by itself.
[[nodiscard]] std::expected<X509Files, FileFault> read_x509(const Connection& connection,
                                                            const std::string& credentials_directory);

/// Certificates that are out of date at `now`, not yet valid, or within two weeks of their end.
struct Expiry {
    SourcePos pos = {};
    std::string what = {};   ///< "certificate "CN=edge-1" expired on 2026-11-20 14:00 UTC"
    bool is_warning = false; ///< it still holds
    bool operator==(const Expiry& other) const { return what == other.what && is_warning == other.is_warning; }
};
[[nodiscard]] std::vector<Expiry> not_in_force(const X509Source& source, const X509Files& files, WallTime now);

} // namespace linkspan::config
