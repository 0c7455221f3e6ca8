#include "config/x509_files.h"

#include "base/fd.h"
#include "config/secrets.h"
#include "pki/private_key.h"
#include "pki/revocation_list.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>

namespace linkspan::config {
namespace {

constexpr std::size_t largest_file = 65'000; ///< bytes; a value of VICI has at most 65,535
constexpr auto warn_before = std::chrono::days{14};

std::unexpected<FileFault> fault(const SourcePos& pos, std::string what, std::string help)
{
    return std::unexpected(FileFault{pos, std::move(what), std::move(help)});
}

Result<std::string> read_public(const std::string& path)
{
    const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)}; // a FIFO must not hang us
    if (!fd && errno == ENOENT) return failure(Kind::NotFound, "it does not exist");
    if (!fd) return sys_error(errno, "it cannot be read");
    struct stat status{};
    if (::fstat(fd.get(), &status) != 0) return sys_error(errno, "it cannot be read");
    if (!S_ISREG(status.st_mode)) return failure(Kind::Config, "it is not a regular file");
    std::string bytes(largest_file + 1, '\0');
    std::size_t size = 0;
    for (ssize_t n = 1; n > 0 && size < bytes.size(); size += static_cast<std::size_t>(n))
        if (n = ::read(fd.get(), bytes.data() + size, bytes.size() - size); n < 0)
            return sys_error(errno, "it cannot be read");
    if (size > largest_file) return failure(Kind::Config, "it is larger than the 65,000 bytes IKE can be told");
    bytes.resize(size);
    return bytes;
}

using Certificates = std::vector<pki::Certificate>;

std::expected<Certificates, FileFault> read_certificates(const NamedFile& file)
{
    const auto bytes = read_public(file.path);
    if (!bytes) return fault(file.pos, file.path + ": " + bytes.error().what, "put a certificate there, PEM or DER");
    if (bytes->contains("PRIVATE KEY"))
        return fault(file.pos, file.path + ": it holds a private key",
                     "certificates are for everybody to read: put the key into a file of its own, closed to others");
    auto certificates = pki::decode_certificates(*bytes);
    if (!certificates)
        return fault(file.pos, file.path + ": " + certificates.error().what, "put a certificate there, PEM or DER");
    return *std::move(certificates);
}

std::expected<void, FileFault> read_key(const X509Source& source, const std::string& credentials, X509Files& into)
{
    auto key = read_secret(source.key, credentials, SecretForm::PrivateKey);
    if (!key)
        return fault(source.key.pos, "the private key cannot be had: " + key.error().what,
                     "as root: install -m 600 KEY.pem " + place_of(source.key));
    const auto fingerprint = pki::key_fingerprint(*key);
    if (!fingerprint)
        return fault(source.key.pos, place_of(source.key) + ": " + fingerprint.error().what,
                     "give the key that belongs to " + source.certificate.path);
    if (*fingerprint != into.chain.front().public_key)
        return fault(source.key.pos,
                     place_of(source.key) + " is the key of another certificate than " + source.certificate.path,
                     "give the key that \"" + into.chain.front().subject + "\" was made for");
    into.key = std::make_shared<const Secret>(*std::move(key));
    return {};
}

std::expected<void, FileFault> read_ca(const X509Source& source, X509Files& into)
{
    for (const auto& file : source.ca) {
        auto certificates = read_certificates(file);
        if (!certificates) return std::unexpected(certificates.error());
        for (auto& certificate : *certificates) {
            if (!certificate.authority)
                return fault(
                    file.pos, file.path + ": \"" + certificate.subject + "\" is not a certificate authority",
                    "name the certificate of who has signed the peer's; the peer's own is `remote_certificate`");
            into.ca.push_back(std::move(certificate));
        }
    }
    return {};
}

/// The identity the other side is to believe must stand in the certificate that is shown to it.
std::expected<void, FileFault> check_identity(const std::string& key, const std::string& id, const NamedFile& file,
                                              const pki::Certificate& certificate)
{
    const auto identity = Identity::parse(id);
    if (id.empty() || !identity || pki::confirms(certificate, *identity)) return {};
    return fault(file.pos,
                 file.path + " does not confirm `" + key + "` \"" + id + "\"; it is for " +
                     pki::identities_of(certificate),
                 "write one of these as `" + key +
                     "`, or get a certificate with that subjectAltName: IKE would refuse this one");
}

std::expected<void, FileFault> read_remote(const Connection& connection, X509Files& into)
{
    const auto& file = connection.x509->remote_certificate;
    if (file.path.empty()) return {};
    auto certificates = read_certificates(file);
    if (!certificates) return std::unexpected(certificates.error());
    into.remote = std::move(certificates->front());
    return check_identity("remote_id", connection.remote_id, file, *into.remote);
}

std::expected<void, FileFault> read_crls(const X509Source& source, X509Files& into)
{
    for (const auto& file : source.crl) {
        const auto bytes = read_public(file.path);
        if (!bytes)
            return fault(file.pos, file.path + ": " + bytes.error().what, "put a revocation list there, PEM or DER");
        auto list = pki::decode_revocation_list(*bytes);
        if (!list)
            return fault(file.pos, file.path + ": " + list.error().what, "put a revocation list there, PEM or DER");
        if (!list->names_key)
            return fault(file.pos,
                         file.path + ": the list does not name the key of its authority: IKE would not find it",
                         "have it made with an authorityKeyIdentifier (openssl ca: crl_extensions, "
                         "authorityKeyIdentifier = keyid:always)");
        into.crls.push_back(std::move(list->der));
    }
    return {};
}

/// "2026-11-20 14:00 UTC"
std::string date_of(WallTime time)
{
    const std::time_t seconds = time.time_since_epoch().count();
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 32> text{};
    const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &utc);
    return {text.data(), size};
}

void note(const pki::Certificate& certificate, const NamedFile& file, WallTime now, std::vector<Expiry>& into)
{
    const auto subject = "certificate \"" + certificate.subject + "\" (" + file.path + ") ";
    if (now >= certificate.not_after)
        into.push_back({file.pos, subject + "expired on " + date_of(certificate.not_after), false});
    else if (now < certificate.not_before)
        into.push_back({file.pos, subject + "is not valid before " + date_of(certificate.not_before), false});
    else if (now + warn_before >= certificate.not_after)
        into.push_back({file.pos, subject + "expires on " + date_of(certificate.not_after), true});
}

} // namespace

std::expected<X509Files, FileFault> read_x509(const Connection& connection, const std::string& credentials_directory)
{
    const auto& source = *connection.x509;
    X509Files files;
    auto chain = read_certificates(source.certificate);
    if (!chain) return std::unexpected(chain.error());
    files.chain = *std::move(chain);
    for (const auto& step : {check_identity("local_id", connection.local_id, source.certificate, files.chain.front()),
                             read_key(source, credentials_directory, files), read_ca(source, files),
                             read_remote(connection, files), read_crls(source, files)})
        if (!step) return std::unexpected(step.error());
    return files;
}

std::vector<Expiry> not_in_force(const X509Source& source, const X509Files& files, WallTime now)
{
    std::vector<Expiry> found;
    for (const auto& certificate : files.chain) note(certificate, source.certificate, now, found);
    for (const auto& certificate : files.ca) note(certificate, source.ca.front(), now, found);
    if (files.remote) note(*files.remote, source.remote_certificate, now, found);
    return found;
}

} // namespace linkspan::config
