// Max pool: the largest valid tap of each window, channel by channel.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold. LO is the smallest value of the type; an invalid tap counts as LO.
template <typename Nest, typename X, typename Y, std::int64_t LO>
void max_pool(hls::stream<typename X::Word>& x, hls::stream<typename Y::Word>& y, unsigned frames) {
    Nest nest;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        typename Y::Word result = 0;
    channels:
        for (int channel = 0; channel < Y::CHANNELS; ++channel) {
#pragma HLS UNROLL
            typename Y::Value largest = LO;
        taps:
            for (int tap = 0; tap < X::TAPS; ++tap) {
#pragma HLS UNROLL
                const typename Y::Value value = X::get(word, tap * X::CHANNELS + channel);
                if (X::is_valid(word, tap) && value > largest) largest = value;
            }
            Y::set(result, channel, largest);
        }
        y.write(result);
        nest.advance();
    }
}

}  // namespace r2b
