// Binary inputs against binary weights: dot = 2 * popcount(xnor) - number of valid synapses.
#pragma once

#include "common/lanes.h"
#include "common/population_count.h"
#include "common/word.h"

namespace r2b {

/// An input word prepared for all neurons: its bits, which of them count, and how many do.
template <typename X> class XnorOperand {
    typedef Lanes<X::DATA_BITS> Layout;

#if R2B_MACHINE_WORDS
    std::uint64_t bits[Layout::COUNT];
    std::uint64_t counted[Layout::COUNT];
    int synapses;

public:
    explicit XnorOperand(const typename X::Word& word) : synapses(0) {
        ap_uint<X::DATA_BITS> mask = 0;
        for (int tap = 0; tap < X::TAPS; ++tap) {
            if (!X::is_valid(word, tap)) continue;
            synapses += X::CHANNELS;
            for (int channel = 0; channel < X::CHANNELS; channel += 64) {
                const int count = X::CHANNELS - channel < 64 ? X::CHANNELS - channel : 64;
                set_bits(mask, tap * X::CHANNELS + channel, count, ~std::uint64_t(0));
            }
        }
        for (int lane = 0; lane < Layout::COUNT; ++lane) {
            bits[lane] = get_bits(word, lane * Layout::WIDTH, Layout::used(lane));
            counted[lane] = get_bits(mask, lane * Layout::WIDTH, Layout::used(lane));
        }
    }

    int dot(const typename Layout::Row& weights) const {
        int differing = 0;
        for (int lane = 0; lane < Layout::COUNT; ++lane) {
            differing += __builtin_popcountll((bits[lane] ^ weights[lane]) & counted[lane]);
        }
        return synapses - 2 * differing;
    }
#else
    static constexpr int COUNT_BITS = bits_to_count(X::VALUES);
    ap_uint<X::DATA_BITS> bits;
    ap_uint<X::DATA_BITS> counted;
    ap_uint<COUNT_BITS> synapses;

public:
    explicit XnorOperand(const typename X::Word& word) : bits(get_piece<X::DATA_BITS>(word, 0)), counted(0), synapses(0) {
#pragma HLS INLINE
    taps:
        for (int tap = 0; tap < X::TAPS; ++tap) {
#pragma HLS UNROLL
            const bool valid = X::is_valid(word, tap);
            for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
                counted[tap * X::CHANNELS + channel] = valid;
            }
            if (valid) synapses += X::CHANNELS;
        }
    }

    ap_int<COUNT_BITS + 1> dot(const typename Layout::Row& weights) const {
#pragma HLS INLINE
        const ap_uint<X::DATA_BITS> agreeing = ~(bits ^ Layout::join(weights)) & counted;
        const ap_int<COUNT_BITS + 2> ones = PopulationCount<X::DATA_BITS>::of(agreeing);
        return 2 * ones - synapses;
    }
#endif
};

}  // namespace r2b
