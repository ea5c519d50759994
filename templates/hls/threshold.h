// Per-channel threshold: bit = (x >= threshold) xor invert; the frozen batch normalisation and sign.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold. Tables: [fold][channel].
template <typename Nest, typename X, typename Y, typename Threshold, typename Invert>
void threshold(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Threshold (&thresholds)[Nest::FOLD][X::CHANNELS],
    const Invert (&inverts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=thresholds type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=inverts type=complete dim=2
    Nest nest;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        typename Y::Word bits = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            const bool reached = X::get(word, channel) >= thresholds[nest.fold][channel];
            Y::set(bits, channel, reached != (inverts[nest.fold][channel] == 1));
        }
        y.write(bits);
        nest.advance();
    }
}

/// The same, its tables in LUTs instead of block RAM.
template <typename Nest, typename X, typename Y, typename Threshold, typename Invert>
void threshold_in_luts(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Threshold (&thresholds)[Nest::FOLD][X::CHANNELS],
    const Invert (&inverts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS BIND_STORAGE variable=thresholds type=rom_1p impl=lutram
#pragma HLS BIND_STORAGE variable=inverts type=rom_1p impl=lutram
    threshold<Nest, X, Y>(x, y, thresholds, inverts, frames);
}

}  // namespace r2b
