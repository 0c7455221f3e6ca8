#pragma once

namespace linkspan::agent {

/// malloc in a process that holds little for weeks and much for moments: a whole look at ten thousand connections makes
/// vectors of many megabytes and a hundred thousand small pieces, and then frees them all.

/// Once, at the start: large blocks always go back to the kernel when they are freed. By itself glibc takes the first
/// one freed for a sign that more will come, and keeps all up to its size from then on, up to 32 MiB each, with small
/// blocks that stay spread between them (mallopt(3), M_MMAP_THRESHOLD).
void return_large_blocks();

/// After a whole look: free pages between what stays go back too.
void return_free_pages();

} // namespace linkspan::agent
