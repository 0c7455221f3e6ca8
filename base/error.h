#pragma once

#include <cerrno>
#include <cstring>
#include <expected>
#include <string>
#include <utility>

namespace linkspan {

/// What sort of failure it is. Decisions (retry, report, ignore) are made by kind, never by text.
enum class Kind {
    Bug,          ///< we broke our own contract
    Config,       ///< the person's file is wrong; retrying cannot help
    NotFound,     ///< ENOENT, ESRCH, ENODEV: on delete this is success
    Exists,       ///< EEXIST: on create of an identical object this is success
    Busy,         ///< EBUSY, EAGAIN, EINTR
    Permission,   ///< EPERM, EACCES
    Unsupported,  ///< EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT: the kernel lacks the feature
    Kernel,       ///< any other errno
    Protocol,     ///< a peer, daemon or kernel answered something that cannot be
    Timeout,      ///< no answer in time
    Overrun,      ///< ENOBUFS or an interrupted dump: what was read is incomplete, read again
    Disconnected, ///< the other end is gone (EPIPE, ECONNREFUSED, ...)
    Foreign,      ///< an object that is not ours stands where ours should be
};

/// A failure as a value. `what` is a whole sentence fragment that names the object and, where the kernel gave one,
/// its extended-ack text; it never contains a secret. `sys` is a positive errno, or 0.
struct [[nodiscard]] Error {
    Kind kind = Kind::Bug;
    int sys = 0;
    std::string what = {};

    /// True where the same call may succeed later without anyone changing the file.
    [[nodiscard]] bool retryable() const
    {
        return kind != Kind::Bug && kind != Kind::Config && kind != Kind::Unsupported;
    }
    bool operator==(const Error&) const = default;
};

template <typename T = void>
using Result = std::expected<T, Error>;

/// The kind that a positive errno stands for.
[[nodiscard]] constexpr Kind kind_of_errno(int err)
{
    switch (err) {
    case ENOENT:
    case ESRCH:
    case ENODEV:
    case EADDRNOTAVAIL: return Kind::NotFound;
    case EEXIST: return Kind::Exists;
    case EBUSY:
    case EAGAIN:
    case EINTR: return Kind::Busy;
    case EPERM:
    case EACCES: return Kind::Permission;
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT: return Kind::Unsupported;
    case ETIMEDOUT: return Kind::Timeout;
    case ENOBUFS: return Kind::Overrun;
    case EPIPE:
    case ECONNREFUSED:
    case ECONNRESET:
    case ENOTCONN: return Kind::Disconnected;
    default: return Kind::Kernel;
    }
}

/// An Error for a positive errno: "<what>: <strerror>".
[[nodiscard]] inline std::unexpected<Error> sys_error(int err, std::string what)
{
    what += ": ";
    what += std::strerror(err);
    return std::unexpected(Error{kind_of_errno(err), err, std::move(what)});
}

[[nodiscard]] inline std::unexpected<Error> failure(Kind kind, std::string what)
{
    return std::unexpected(Error{kind, 0, std::move(what)});
}

} // namespace linkspan

/// Returns the error of a Result from the enclosing function, or goes on. The only macro of the house: GCC 12 has
/// std::expected without and_then.
#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        if (auto&& try_result_ = (expression); !try_result_) return std::unexpected(std::move(try_result_).error());   \
    } while (false)
