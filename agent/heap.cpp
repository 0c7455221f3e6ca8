#include "agent/heap.h"

#include <malloc.h>

namespace linkspan::agent {

void return_large_blocks()
{
    constexpr int large = 128 * 1024; // bytes; glibc's own threshold at the start. Setting it keeps it there.
    (void)::mallopt(M_MMAP_THRESHOLD, large);
}

void return_free_pages()
{
    (void)::malloc_trim(0);
}

} // namespace linkspan::agent
