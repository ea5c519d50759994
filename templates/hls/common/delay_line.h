// A memory that gives back what was pushed DEPTH pushes ago: every per-fold state of the units.
//
// Short lines are shift registers (SRLs), so a recurrence over a few folds never waits for a memory. Longer ones are a
// ring in memory.
#pragma once

#include "common/types.h"

namespace r2b {

constexpr int LONGEST_SHIFT_REGISTER = 64;

#if R2B_MACHINE_WORDS
constexpr bool in_memory(int) { return true; }
#else
constexpr bool in_memory(int depth) { return depth > LONGEST_SHIFT_REGISTER; }
#endif

template <typename Word, int DEPTH, bool MEMORY = in_memory(DEPTH)> class DelayLine {
    Word entries[DEPTH];

public:
    DelayLine() {
#pragma HLS ARRAY_PARTITION variable=entries type=complete dim=1
    initialise:
        for (int entry = 0; entry < DEPTH; ++entry) {
#pragma HLS UNROLL
            entries[entry] = 0;
        }
    }

    /// Return the word pushed DEPTH pushes ago.
    Word front() const {
#pragma HLS INLINE
        return entries[DEPTH - 1];
    }

    void push(const Word& word) {
#pragma HLS INLINE
    shift:
        for (int entry = DEPTH - 1; entry > 0; --entry) {
#pragma HLS UNROLL
            entries[entry] = entries[entry - 1];
        }
        entries[0] = word;
    }
};

template <typename Word, int DEPTH> class DelayLine<Word, DEPTH, true> {
    Word entries[DEPTH];
    unsigned position;

public:
    // Whatever is read before the first DEPTH pushes is discarded by its reader, so nothing is cleared.
    DelayLine() : position(0) {
// An entry is touched again only DEPTH > LONGEST_SHIFT_REGISTER pushes later, longer than any memory takes.
#pragma HLS DEPENDENCE variable=entries type=inter dependent=false
#if R2B_MACHINE_WORDS
        for (int entry = 0; entry < DEPTH; ++entry) entries[entry] = 0;
#endif
    }

    Word front() const {
#pragma HLS INLINE
        return entries[position];
    }

    void push(const Word& word) {
#pragma HLS INLINE
        entries[position] = word;
        position = position == DEPTH - 1 ? 0 : position + 1;
    }
};

}  // namespace r2b
