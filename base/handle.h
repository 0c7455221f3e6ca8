#pragma once

#include <memory>

namespace linkspan {

/// Deleter that is part of the type, so a Handle is as large as the pointer it owns.
template <auto Fn>
struct Deleter {
    template <typename T>
    void operator()(T* p) const noexcept
    {
        (void)Fn(p);
    }
};

/// Owning pointer to an object of a C library: `using MnlSocket = Handle<mnl_socket, mnl_socket_close>`.
template <typename T, auto Fn>
using Handle = std::unique_ptr<T, Deleter<Fn>>;

} // namespace linkspan
