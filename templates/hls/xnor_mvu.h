// XNOR-popcount matrix-vector unit: dot = 2 * popcount(xnor) - number of valid synapses.
#pragma once

#include "common/delay_line.h"
#include "common/lanes.h"
#include "common/word.h"
#include "common/xnor_operand.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, neuron, synapse. Weights: [neuron fold][synapse fold][output channel][lane], a row's bits in the order of
/// the input word. The first pass over the neurons reads the pixel's words; they circulate in a delay line for the others.
template <typename Nest, typename X, typename Y>
void xnor_mvu(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const typename Lanes<X::DATA_BITS>::Row (&weights)[Nest::NEURON][Nest::SYNAPSE][Y::CHANNELS],
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
        const XnorOperand<X> operand(word);
        typename Y::Word result = 0;
    neurons:
        for (int neuron = 0; neuron < Y::CHANNELS; ++neuron) {
#pragma HLS UNROLL
            const typename Y::Value before = nest.begins_sum() ? typename Y::Value(0) : sums[neuron];
            sums[neuron] = before + operand.dot(weights[nest.neuron][nest.synapse][neuron]);
            Y::set(result, neuron, sums[neuron]);
        }
        if (nest.writes_y()) y.write(result);
        nest.advance();
    }
}

/// The same, its weights in LUTs instead of block RAM.
template <typename Nest, typename X, typename Y>
void xnor_mvu_in_luts(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const typename Lanes<X::DATA_BITS>::Row (&weights)[Nest::NEURON][Nest::SYNAPSE][Y::CHANNELS],
    unsigned frames) {
#pragma HLS BIND_STORAGE variable=weights type=rom_1p impl=lutram
    xnor_mvu<Nest, X, Y>(x, y, weights, frames);
}

}  // namespace r2b
