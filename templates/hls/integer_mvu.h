// Integer matrix-vector unit: stem, 1x1 downsample, gate layers and classifier.
#pragma once

#include "common/delay_line.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, neuron, synapse. Weights: [neuron fold][synapse fold][output channel][tap, input channel]. The first pass
/// over the neurons reads the pixel's words; they circulate in a delay line for the others.
template <typename Nest, typename X, typename Y, typename Weight>
void integer_mvu(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Weight (&weights)[Nest::NEURON][Nest::SYNAPSE][Y::CHANNELS][X::VALUES],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=weights type=complete dim=3
#pragma HLS ARRAY_RESHAPE variable=weights type=complete dim=4
    Nest nest;
    DelayLine<typename X::Word, Nest::SYNAPSE> words;
    typename Y::Value sums[Y::CHANNELS];
#pragma HLS ARRAY_PARTITION variable=sums type=complete dim=1
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename X::Word word = words.front();
        if (nest.reads_x()) word = x.read();
        words.push(word);
        typename X::Value values[X::VALUES];
#pragma HLS ARRAY_PARTITION variable=values type=complete dim=1
    operands:
        for (int value = 0; value < X::VALUES; ++value) {
#pragma HLS UNROLL
            values[value] = X::is_valid(word, value / X::CHANNELS) ? X::get(word, value) : typename X::Value(0);
        }
        typename Y::Word result = 0;
    neurons:
        for (int neuron = 0; neuron < Y::CHANNELS; ++neuron) {
#pragma HLS UNROLL
            // The products are summed apart: only one addition stands between an accumulator and itself.
            typename Y::Value dot = 0;
        synapses:
            for (int value = 0; value < X::VALUES; ++value) {
#pragma HLS UNROLL
                dot = dot + values[value] * weights[nest.neuron][nest.synapse][neuron][value];
            }
            const typename Y::Value before = nest.begins_sum() ? typename Y::Value(0) : sums[neuron];
            sums[neuron] = before + dot;
            Y::set(result, neuron, sums[neuron]);
        }
        if (nest.writes_y()) y.write(result);
        nest.advance();
    }
}

/// The same, its weights in LUTs instead of block RAM.
template <typename Nest, typename X, typename Y, typename Weight>
void integer_mvu_in_luts(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Weight (&weights)[Nest::NEURON][Nest::SYNAPSE][Y::CHANNELS][X::VALUES],
    unsigned frames) {
#pragma HLS BIND_STORAGE variable=weights type=rom_1p impl=lutram
    integer_mvu<Nest, X, Y>(x, y, weights, frames);
}

}  // namespace r2b
