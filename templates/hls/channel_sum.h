// Channel sum: one value a pixel, the sum over its channels of x or of |x|.
#pragma once

#include "common/types.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold. SUM_BITS hold the sum with a sign.
template <typename Nest, typename X, typename Y, int SUM_BITS, bool ABSOLUTE>
void channel_sum(hls::stream<typename X::Word>& x, hls::stream<typename Y::Word>& y, unsigned frames) {
    Nest nest;
    Signed<SUM_BITS> kept = 0;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        Signed<SUM_BITS> sum = nest.begins_pixel() ? Signed<SUM_BITS>(0) : kept;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            const Signed<SUM_BITS> value(X::get(word, channel));
            const Signed<SUM_BITS> opposite(-value);
            sum = sum + (ABSOLUTE && value < 0 ? opposite : value);
        }
        kept = sum;
        if (nest.writes_y()) {
            typename Y::Word result = 0;
            Y::set(result, 0, typename Y::Value(sum));
            y.write(result);
        }
        nest.advance();
    }
}

}  // namespace r2b
