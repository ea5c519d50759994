// Binary weights are packed: a row of BITS bits is stored as equally wide lanes of at most 64 bits, lowest bits first.
#pragma once

#include "common/word.h"

namespace r2b {

template <int BITS> struct Lanes {
    static constexpr int COUNT = (BITS + 63) / 64;
    static constexpr int WIDTH = (BITS + COUNT - 1) / COUNT;
    typedef UnsignedConstant<WIDTH> Lane;
    typedef Lane Row[COUNT];

    /// Return how many bits of lane number index are used; only the last lane may have unused ones.
    static constexpr int used(int index) { return index == COUNT - 1 ? BITS - WIDTH * (COUNT - 1) : WIDTH; }

#if !R2B_MACHINE_WORDS
    static ap_uint<BITS> join(const Row& row) {
#pragma HLS INLINE
        ap_uint<WIDTH * COUNT> word = 0;
    lanes:
        for (int lane = 0; lane < COUNT; ++lane) {
#pragma HLS UNROLL
            word.range(lane * WIDTH + WIDTH - 1, lane * WIDTH) = row[lane];
        }
        return word.range(BITS - 1, 0);
    }
#endif
};

}  // namespace r2b
