/* What the card does of a breadth-first search over numbered parts: all of it, for any model; nothing is generated.
 *
 * A state is a word: the number of each part's local state, in bits of its own.  What was visited is exact: a bit for
 * each combination of numbers, or the words themselves in a table with open addressing, where a word is put by
 * compare-and-swap, so that of many threads that find a state one is told that it is new.  One thread looks at one state.
 *
 * All kernels take the same arguments:
 *   states, count   the states to look at
 *   layout, parts   for each part a row: where its number is in a state, where it counts as a bit, where in `meet`
 *   tables, at      steps and formulas as numbers; where in them the kernel begins
 *   known, mask     what was visited; the mask of places in the table, or 0 if it is bits
 *   out, room       what was found, and for how many words there is room
 *   counters        how much was found, how many steps were taken, how often something went wrong
 */

typedef unsigned long long word;

#define ARGUMENTS                                                                                                      \
    const word *states, word count, const word *layout, word parts, const int *tables, word at, word *known, word mask, \
        word *out, word room, word *counters

enum { SHIFT, MASK, STRIDE, SIZE, FLAGS, COLUMNS };       /* of a row of the layout */
enum { FOUND, STEPS, WRONG };                             /* counters */
enum { PART, PAIRS, SIDE, START, WHOLE, INSTANCE, ENTRY }; /* of a row of a table of steps */
enum { OPERATION = 0, FLAG = 3, LENGTH = 5 };             /* of a row of a formula, with PART, PAIRS and SIDE one later */
enum { LOOK, NOT, AND, OR };                              /* operations */

static const word EMPTY = ~0ull;

/* The number of a part's local state. */
static __device__ word number_of(const word *layout, word part, word state)
{
    const word *row = layout + part * COLUMNS;
    return state >> row[SHIFT] & row[MASK];
}

/* The state with another number for a part. */
static __device__ word changed(const word *layout, word part, word state, word number)
{
    const word *row = layout + part * COLUMNS;
    return (state & ~(row[MASK] << row[SHIFT])) | number << row[SHIFT];
}

/* Where in a table that belongs to a part a state is looked up: the whole's number, or that of the pair; -1: nowhere. */
static __device__ long long place_of(const word *layout, const int *tables, const int *row, word state)
{
    word whole = number_of(layout, 0, state);
    if (row[PART] == 0)
        return (long long)whole;
    return tables[row[PAIRS] + whole * row[SIDE] + number_of(layout, row[PART], state)];
}

/* Whether a bit was not set before; now it is. */
static __device__ bool set(word *words, word place)
{
    word bit = 1ull << (place & 63);
    if (words[place >> 6] & bit)
        return false;
    return !(atomicOr(words + (place >> 6), bit) & bit);
}

/* Words that differ little become places that differ much (the finalizer of S. Vigna's splitmix64). */
static __device__ word mixed(word state)
{
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9ull;
    state = (state ^ state >> 27) * 0x94d049bb133111ebull;
    return state ^ state >> 31;
}

/* Whether a state was not visited before; now it is. */
static __device__ bool is_new(ARGUMENTS, word state)
{
    if (mask == 0) {
        word place = 0;
        for (word part = 0; part < parts; ++part)
            place += number_of(layout, part, state) * layout[part * COLUMNS + STRIDE];
        return set(known, place);
    }
    word place = mixed(state) & mask;
    for (word tries = 0; tries <= mask; ++tries) {
        word there = atomicCAS(known + place, EMPTY, state);
        if (there == EMPTY)
            return true;
        if (there == state)
            return false;
        place = (place + 1) & mask;
    }
    atomicAdd(counters + WRONG, 1ull);
    return false;
}

/* Put a state into what was found. */
static __device__ void keep(word *out, word room, word *counters, word state)
{
    word place = atomicAdd(counters + FOUND, 1ull);
    if (place < room)
        out[place] = state;
    else
        atomicAdd(counters + WRONG, 1ull);
}

/* Put a state into what was found, if it is new. */
static __device__ void visit(ARGUMENTS, word state)
{
    if (is_new(states, count, layout, parts, tables, at, known, mask, out, room, counters, state))
        keep(out, room, counters, state);
}

static __device__ word thread_number()
{
    return (word)blockIdx.x * blockDim.x + threadIdx.x;
}

/* Set a bit in `out` for each pair of local states, the whole's and an instance's, that is met. */
extern "C" __global__ void meet(ARGUMENTS)
{
    word number = thread_number();
    if (number >= count)
        return;
    word state = states[number], whole = number_of(layout, 0, state);
    for (word part = 1; part < parts; ++part) {
        const word *row = layout + part * COLUMNS;
        word place = row[FLAGS] + whole * row[SIZE] + number_of(layout, part, state);
        if (place >> 6 < room)
            set(out, place);
        else
            atomicAdd(counters + WRONG, 1ull);
    }
}

/* Visit the states themselves: `out` has those that are new. */
extern "C" __global__ void insert(ARGUMENTS)
{
    word number = thread_number();
    if (number >= count)
        return;
    visit(states, count, layout, parts, tables, at, known, mask, out, room, counters, states[number]);
}

/* Visit what all steps from tables lead to: `out` has the states that are new, and steps are counted. */
extern "C" __global__ void expand(ARGUMENTS)
{
    word number = thread_number();
    if (number >= count)
        return;
    word state = states[number], steps = 0;
    for (int table = 0; table < tables[at]; ++table) {
        const int *row = tables + at + 1 + table * ENTRY;
        long long place = place_of(layout, tables, row, state);
        if (place < 0) {
            atomicAdd(counters + WRONG, 1ull);
            continue;
        }
        int first = tables[row[START] + place], last = tables[row[START] + place + 1];
        steps += last - first;
        for (int step = first; step < last; ++step) {
            word after = changed(layout, 0, state, tables[row[WHOLE] + step]);
            if (row[PART] != 0)
                after = changed(layout, row[PART], after, tables[row[INSTANCE] + step]);
            visit(states, count, layout, parts, tables, at, known, mask, out, room, counters, after);
        }
    }
    atomicAdd(counters + STEPS, steps);
}

/* `out` has the states of which a formula is true; what it is made of stands in the order in which it is worked out. */
extern "C" __global__ void choose(ARGUMENTS)
{
    word number = thread_number();
    if (number >= count)
        return;
    word state = states[number], stack = 0;
    for (int operation = 0; operation < tables[at]; ++operation) {
        const int *row = tables + at + 1 + operation * LENGTH;
        if (row[OPERATION] == LOOK) {
            long long place = place_of(layout, tables, row + 1, state);
            if (place < 0) {
                atomicAdd(counters + WRONG, 1ull);
                return;
            }
            stack = stack << 1 | (word)(tables[row[1 + FLAG] + place] != 0);
        } else if (row[OPERATION] == NOT) {
            stack ^= 1;
        } else {
            word last = stack & 1;
            stack >>= 1;
            if (row[OPERATION] == AND)
                stack &= ~1ull | last;
            else
                stack |= last;
        }
    }
    if (stack & 1)
        keep(out, room, counters, state);
}
