// XNOR-popcount matrix-vector unit for PIXELS pixels at once: one weight word serves all of them.
//
// Three processes joined by streams: words of PIXELS pixels are put side by side, multiplied, and taken apart again. The
// first piece of what lies side by side, lowest bits, belongs to the first pixel.
#pragma once

#include "common/delay_line.h"
#include "common/lanes.h"
#include "common/word.h"
#include "common/xnor_operand.h"

#include <hls_stream.h>

namespace r2b {

/// Pieces of BITS bits, one a pixel.
template <int BITS, int PIXELS> struct Group {
    typedef ap_uint<BITS * PIXELS> Word;

    /// Return the pieces of word moved down by one; the highest is left to be set.
    static Word next(const Word& word) {
#pragma HLS INLINE
        return PIXELS > 1 ? Word(word >> (PIXELS > 1 ? BITS : 0)) : Word(0);
    }
};

/// Nest: group, pixel, synapse. The words of earlier pixels circulate, a delay line's entry a synapse fold.
template <typename Nest, typename X, int PIXELS>
void gather_pixels(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Group<X::WORD_BITS, PIXELS>::Word>& gathered,
    unsigned frames) {
    typedef Group<X::WORD_BITS, PIXELS> Pixels;
    Nest nest;
    DelayLine<typename Pixels::Word, Nest::SYNAPSE> groups;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename Pixels::Word group = Pixels::next(groups.front());
        set_piece<X::WORD_BITS>(group, (PIXELS - 1) * X::WORD_BITS, x.read());
        groups.push(group);
        if (nest.writes_gathered()) gathered.write(group);
        nest.advance();
    }
}

/// Nest: group, neuron, synapse. Weights: [neuron fold][synapse fold][output channel][lane], a row's bits in the order of
/// the input word. The first pass over the neurons reads the group's words; they circulate in a delay line for the others.
template <typename Nest, typename X, typename Y, int PIXELS>
void pixel_parallel_mvu(
    hls::stream<typename Group<X::WORD_BITS, PIXELS>::Word>& gathered,
    hls::stream<typename Group<Y::WORD_BITS, PIXELS>::Word>& products,
    const typename Lanes<X::DATA_BITS>::Row (&weights)[Nest::NEURON][Nest::SYNAPSE][Y::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=weights type=complete dim=3
#pragma HLS ARRAY_RESHAPE variable=weights type=complete dim=4
    Nest nest;
    DelayLine<typename Group<X::WORD_BITS, PIXELS>::Word, Nest::SYNAPSE> groups;
    typename Y::Value sums[PIXELS][Y::CHANNELS];
#pragma HLS ARRAY_PARTITION variable=sums type=complete dim=0
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename Group<X::WORD_BITS, PIXELS>::Word group = groups.front();
        if (nest.reads_gathered()) group = gathered.read();
        groups.push(group);
        typename Group<Y::WORD_BITS, PIXELS>::Word results = 0;
    pixels:
        for (int pixel = 0; pixel < PIXELS; ++pixel) {
#pragma HLS UNROLL
            const XnorOperand<X> operand(get_piece<X::WORD_BITS>(group, pixel * X::WORD_BITS));
            typename Y::Word result = 0;
        neurons:
            for (int neuron = 0; neuron < Y::CHANNELS; ++neuron) {
#pragma HLS UNROLL
                const typename Y::Value before = nest.begins_sum() ? typename Y::Value(0) : sums[pixel][neuron];
                sums[pixel][neuron] = before + operand.dot(weights[nest.neuron][nest.synapse][neuron]);
                Y::set(result, neuron, sums[pixel][neuron]);
            }
            set_piece<Y::WORD_BITS>(results, pixel * Y::WORD_BITS, result);
        }
        if (nest.writes_products()) products.write(results);
        nest.advance();
    }
}

/// The same, its weights in LUTs instead of block RAM.
template <typename Nest, typename X, typename Y, int PIXELS>
void pixel_parallel_mvu_in_luts(
    hls::stream<typename Group<X::WORD_BITS, PIXELS>::Word>& gathered,
    hls::stream<typename Group<Y::WORD_BITS, PIXELS>::Word>& products,
    const typename Lanes<X::DATA_BITS>::Row (&weights)[Nest::NEURON][Nest::SYNAPSE][Y::CHANNELS],
    unsigned frames) {
#pragma HLS BIND_STORAGE variable=weights type=rom_1p impl=lutram
    pixel_parallel_mvu<Nest, X, Y, PIXELS>(gathered, products, weights, frames);
}

/// Nest: group, pixel, neuron. The results of later pixels circulate, a delay line's entry a neuron fold.
template <typename Nest, typename Y, int PIXELS>
void scatter_pixels(
    hls::stream<typename Group<Y::WORD_BITS, PIXELS>::Word>& products,
    hls::stream<typename Y::Word>& y,
    unsigned frames) {
    typedef Group<Y::WORD_BITS, PIXELS> Pixels;
    Nest nest;
    DelayLine<typename Pixels::Word, Nest::NEURON> groups;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename Pixels::Word group = groups.front();
        if (nest.reads_products()) group = products.read();
        y.write(get_piece<Y::WORD_BITS>(group, 0));
        groups.push(Pixels::next(group));
        nest.advance();
    }
}

}  // namespace r2b
