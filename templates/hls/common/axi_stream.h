// The accelerator's ends: AXI-Stream transfers to internal words and back.
#pragma once

#include "common/word.h"

#include <ap_axi_sdata.h>
#include <hls_stream.h>

namespace r2b {

/// Width of an AXI-Stream port: whole bytes.
constexpr int axi_bits(int word_bits) { return (word_bits + 7) / 8 * 8; }

template <typename Port> struct AxiStream { typedef ap_axiu<axi_bits(Port::WORD_BITS), 0, 0, 0> Transfer; };

/// Pass on the words of a transfer; the bits above the word are ignored.
template <typename Port, unsigned WORDS>
void read_axi_stream(
    hls::stream<typename AxiStream<Port>::Transfer>& input,
    hls::stream<typename Port::Word>& words,
    unsigned frames) {
    const LoopCounter<WORDS> iterations = loop_iterations<WORDS>(frames);
words_of_all_frames:
    for (LoopCounter<WORDS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename AxiStream<Port>::Transfer transfer = input.read();
        words.write(get_piece<Port::WORD_BITS>(transfer.data, 0));
    }
}

/// Send words, all bytes kept; TLAST marks the last word of the last frame.
template <typename Port, unsigned WORDS>
void write_axi_stream(
    hls::stream<typename Port::Word>& words,
    hls::stream<typename AxiStream<Port>::Transfer>& output,
    unsigned frames) {
    const LoopCounter<WORDS> iterations = loop_iterations<WORDS>(frames);
words_of_all_frames:
    for (LoopCounter<WORDS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename AxiStream<Port>::Transfer transfer;
        transfer.data = 0;
        set_piece<Port::WORD_BITS>(transfer.data, 0, words.read());
        transfer.keep = -1;
        transfer.strb = -1;
        transfer.last = iteration == iterations - 1;
        output.write(transfer);
    }
}

}  // namespace r2b
