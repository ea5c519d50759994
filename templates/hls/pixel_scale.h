// Pixel scale: all channels of a pixel times one value, which is read with the pixel's first word and kept.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold.
template <typename Nest, typename X, typename K, typename Y>
void pixel_scale(
    hls::stream<typename X::Word>& x,
    hls::stream<typename K::Word>& k,
    hls::stream<typename Y::Word>& y,
    unsigned frames) {
    Nest nest;
    typename K::Word kept = 0;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        if (nest.reads_k()) kept = k.read();
        const typename K::Value factor = K::get(kept, 0);
        typename Y::Word result = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            Y::set(result, channel, X::get(word, channel) * factor);
        }
        y.write(result);
        nest.advance();
    }
}

}  // namespace r2b
