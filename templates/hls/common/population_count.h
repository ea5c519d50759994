// Counting the ones of a word: a balanced tree of adders over groups of six bits (one LUT level) in hardware.
#pragma once

#include "common/types.h"

namespace r2b {

template <int BITS, bool LEAF = (BITS <= 6)> struct PopulationCount {
    static constexpr int LOWER = BITS / 2;
    static constexpr int UPPER = BITS - LOWER;

    static ap_uint<bits_to_count(BITS)> of(const ap_uint<BITS>& word) {
#pragma HLS INLINE
        const ap_uint<LOWER> lower = word.range(LOWER - 1, 0);
        const ap_uint<UPPER> upper = word.range(BITS - 1, LOWER);
        return PopulationCount<LOWER>::of(lower) + PopulationCount<UPPER>::of(upper);
    }
};

template <int BITS> struct PopulationCount<BITS, true> {
    static ap_uint<bits_to_count(BITS)> of(const ap_uint<BITS>& word) {
#pragma HLS INLINE
        ap_uint<bits_to_count(BITS)> ones = 0;
    bits:
        for (int bit = 0; bit < BITS; ++bit) {
#pragma HLS UNROLL
            ones += word[bit];
        }
        return ones;
    }
};

}  // namespace r2b
