#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "takeover/http.h"
#include "takeover/readiness.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::takeover {

using TransferId = Strong<struct TransferTag, std::uint64_t>;

/// Files of TLS; empty = the system's authorities, and no certificate of ours. libcurl's GnuTLS takes a private key from
/// a file only.
struct TlsFiles {
    std::string authorities = {};
    std::string certificate = {};
    std::string key = {};
    bool operator==(const TlsFiles&) const = default;
};

/// HTTP requests side by side, none of them waited for. Connections stay open and are used again; only transfers.cpp
/// knows that it is libcurl. Does not move: libcurl holds its address.
class Transfers {
public:
    struct Finished {
        TransferId id = {};
        HttpResponse response = {};
    };

    [[nodiscard]] static Result<std::unique_ptr<Transfers>> open(TlsFiles tls, std::function<Monotonic()> now);
    ~Transfers();
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    [[nodiscard]] int descriptor() const { return readiness_.descriptor(); }
    /// Sent with the next `process`. Its end is always told, unless it is cancelled.
    TransferId start(const HttpRequest& request);
    /// What was sent may have its effect all the same.
    void cancel(TransferId id);
    [[nodiscard]] std::vector<Finished> process();
    /// The descriptor becomes readable at `due` as well.
    void set_alarm(std::optional<Monotonic> due);

private:
    struct Library;  ///< libcurl's multi handle
    struct Transfer; ///< one of its easy handles, and what it has received

    Transfers(Readiness readiness, TlsFiles tls, std::function<Monotonic()> now);
    void arm();
    void finish(std::vector<Finished>& finished);

    Readiness readiness_;
    TlsFiles tls_;
    std::function<Monotonic()> now_;
    std::optional<Monotonic> library_due_ = {};
    std::optional<Monotonic> caller_due_ = {};
    std::uint64_t last_ = 0;
    std::unique_ptr<Library> library_;
    std::map<TransferId, std::unique_ptr<Transfer>> transfers_;
};

} // namespace linkspan::takeover
