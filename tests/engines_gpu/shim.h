/* What the kernels need of CUDA, in C++: blocks are run one after the other, or by several threads at once. */
#include <cstddef>
#include <thread>
#include <vector>

struct Triple { unsigned x, y, z; };
static thread_local Triple blockIdx, blockDim, threadIdx;

#define __global__
#define __device__

static inline unsigned long long atomicAdd(unsigned long long *at, unsigned long long more)
{
    return __atomic_fetch_add(at, more, __ATOMIC_RELAXED);
}

static inline unsigned long long atomicOr(unsigned long long *at, unsigned long long bits)
{
    return __atomic_fetch_or(at, bits, __ATOMIC_RELAXED);
}

static inline unsigned long long atomicCAS(unsigned long long *at, unsigned long long from, unsigned long long to)
{
    __atomic_compare_exchange_n(at, &from, to, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return from;
}

typedef void Kernel(const unsigned long long *, unsigned long long, const unsigned long long *, unsigned long long,
                    const int *, unsigned long long, unsigned long long *, unsigned long long, unsigned long long *,
                    unsigned long long, unsigned long long *);

static void blocks(Kernel *kernel, unsigned first, unsigned step, unsigned last, unsigned block,
                   const unsigned long long *states, unsigned long long count, const unsigned long long *layout,
                   unsigned long long parts, const int *tables, unsigned long long at, unsigned long long *known,
                   unsigned long long mask, unsigned long long *out, unsigned long long room,
                   unsigned long long *counters)
{
    blockDim.x = block;
    for (blockIdx.x = first; blockIdx.x < last; blockIdx.x += step)
        for (threadIdx.x = 0; threadIdx.x < block; ++threadIdx.x)
            kernel(states, count, layout, parts, tables, at, known, mask, out, room, counters);
}

extern "C" void launch(Kernel *kernel, unsigned grid, unsigned block, unsigned workers,
                       const unsigned long long *states, unsigned long long count, const unsigned long long *layout,
                       unsigned long long parts, const int *tables, unsigned long long at, unsigned long long *known,
                       unsigned long long mask, unsigned long long *out, unsigned long long room,
                       unsigned long long *counters)
{
    std::vector<std::thread> others;
    for (unsigned worker = 1; worker < workers; ++worker)
        others.emplace_back(blocks, kernel, worker, workers, grid, block, states, count, layout, parts, tables, at,
                            known, mask, out, room, counters);
    blocks(kernel, 0, workers, grid, block, states, count, layout, parts, tables, at, known, mask, out, room, counters);
    for (std::thread &other : others)
        other.join();
}
