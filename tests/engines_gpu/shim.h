/* What the kernels need of CUDA, in C++: blocks are run one after the other, or by several threads at once. */
#include <pthread.h>

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

struct Work {
    Kernel *kernel;
    unsigned first, step, last, block;
    const unsigned long long *states;
    unsigned long long count;
    const unsigned long long *layout;
    unsigned long long parts;
    const int *tables;
    unsigned long long at;
    unsigned long long *known;
    unsigned long long mask;
    unsigned long long *out;
    unsigned long long room;
    unsigned long long *counters;
};

static void *blocks(void *given)
{
    const Work &work = *(const Work *)given;
    blockDim.x = work.block;
    for (blockIdx.x = work.first; blockIdx.x < work.last; blockIdx.x += work.step)
        for (threadIdx.x = 0; threadIdx.x < work.block; ++threadIdx.x)
            work.kernel(work.states, work.count, work.layout, work.parts, work.tables, work.at, work.known, work.mask,
                        work.out, work.room, work.counters);
    return nullptr;
}

static const unsigned MOST_WORKERS = 16;

/* Run so many blocks of a kernel; returns whether all workers could begin. */
extern "C" bool launch(Kernel *kernel, unsigned grid, unsigned block, unsigned workers,
                       const unsigned long long *states, unsigned long long count, const unsigned long long *layout,
                       unsigned long long parts, const int *tables, unsigned long long at, unsigned long long *known,
                       unsigned long long mask, unsigned long long *out, unsigned long long room,
                       unsigned long long *counters)
{
    pthread_t others[MOST_WORKERS];
    Work work[MOST_WORKERS];
    bool began = 1 <= workers && workers <= MOST_WORKERS;
    for (unsigned worker = 0; began && worker < workers; ++worker)
        work[worker] = {kernel, worker, workers, grid, block, states, count, layout, parts, tables, at, known, mask,
                        out, room, counters};
    for (unsigned worker = 1; began && worker < workers; ++worker)
        began = pthread_create(others + worker, nullptr, blocks, work + worker) == 0;
    if (began)
        blocks(work);
    for (unsigned worker = 1; began && worker < workers; ++worker)
        pthread_join(others[worker], nullptr);
    return began;
}
