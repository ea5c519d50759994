// Global sum: each channel summed over a frame's pixels.
#pragma once

#include "common/delay_line.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold. The sums of all folds circulate in a delay line.
template <typename Nest, typename X, typename Y>
void global_sum(hls::stream<typename X::Word>& x, hls::stream<typename Y::Word>& y, unsigned frames) {
    Nest nest;
    DelayLine<typename Y::Word, Nest::FOLD> sums;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        const typename Y::Word before = sums.front();
        typename Y::Word after = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            const typename Y::Value sum = nest.begins_frame() ? typename Y::Value(0) : Y::get(before, channel);
            Y::set(after, channel, sum + X::get(word, channel));
        }
        sums.push(after);
        if (nest.writes_y()) y.write(after);
        nest.advance();
    }
}

}  // namespace r2b
