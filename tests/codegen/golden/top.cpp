// Made by r2b-hw VERSION (--board pynq-z2).
// half.block: 12 units joined by FIFOs, all at work at once.
#include "top.h"

#include "units/channelwise.h"
#include "units/fork.h"
#include "units/global_sum.h"
#include "units/integer_mvu.h"
#include "units/rescale.h"
#include "units/sigmoid_table.h"
#include "units/sliding_window.h"
#include "units/threshold.h"
#include "units/width_converter.h"
#include "units/xnor_mvu.h"

#include "schedule/fork.h"
#include "parameters/sign.h"
#include "schedule/sign.h"
#include "schedule/gate_sum.h"
#include "schedule/skip_width.h"
#include "schedule/window.h"
#include "parameters/gate_mean.h"
#include "schedule/gate_mean.h"
#include "parameters/conv.h"
#include "schedule/conv.h"
#include "parameters/gate_fc.h"
#include "schedule/gate_fc.h"
#include "schedule/conv_width.h"
#include "parameters/gate_pre.h"
#include "schedule/gate_pre.h"
#include "parameters/gate_sigmoid.h"
#include "schedule/gate_sigmoid.h"
#include "parameters/out.h"
#include "schedule/out.h"

// The test bench's own build can run every unit in a thread, with FIFOs of these depths; synthesis sees neither.
#ifdef R2B_DATAFLOW
#define R2B_DEPTH(words) , words
#define R2B_UNIT(...) processes.add([&] { __VA_ARGS__; })
#else
#define R2B_DEPTH(words)
#define R2B_UNIT(...) __VA_ARGS__
#endif

void half_block(hls::stream<InputTransfer>& input, hls::stream<OutputTransfer>& output, ap_uint<16> frames) {
#pragma HLS INTERFACE axis port=input
#pragma HLS INTERFACE axis port=output
#pragma HLS INTERFACE s_axilite port=frames bundle=control
#pragma HLS INTERFACE s_axilite port=return bundle=control
#pragma HLS STABLE variable=frames
#pragma HLS DATAFLOW

    hls::stream<ports::input_::Word> input_("input_" R2B_DEPTH(2));
#pragma HLS STREAM variable=input_ depth=2
#pragma HLS BIND_STORAGE variable=input_ type=fifo impl=lutram
    hls::stream<ports::fork_y0::Word> fork_y0("fork_y0" R2B_DEPTH(3));
#pragma HLS STREAM variable=fork_y0 depth=3
#pragma HLS BIND_STORAGE variable=fork_y0 type=fifo impl=lutram
    hls::stream<ports::sign_y::Word> sign_y("sign_y" R2B_DEPTH(4));
#pragma HLS STREAM variable=sign_y depth=4
#pragma HLS BIND_STORAGE variable=sign_y type=fifo impl=srl
    hls::stream<ports::window_y::Word> window_y("window_y" R2B_DEPTH(2));
#pragma HLS STREAM variable=window_y depth=2
#pragma HLS BIND_STORAGE variable=window_y type=fifo impl=lutram
    hls::stream<ports::conv_y::Word> conv_y("conv_y" R2B_DEPTH(3));
#pragma HLS STREAM variable=conv_y depth=3
#pragma HLS BIND_STORAGE variable=conv_y type=fifo impl=lutram
    hls::stream<ports::fork_y1::Word> fork_y1("fork_y1" R2B_DEPTH(4));
#pragma HLS STREAM variable=fork_y1 depth=4
#pragma HLS BIND_STORAGE variable=fork_y1 type=fifo impl=lutram
    hls::stream<ports::gate_sum_y::Word> gate_sum_y("gate_sum_y" R2B_DEPTH(2));
#pragma HLS STREAM variable=gate_sum_y depth=2
#pragma HLS BIND_STORAGE variable=gate_sum_y type=fifo impl=lutram
    hls::stream<ports::gate_mean_y::Word> gate_mean_y("gate_mean_y" R2B_DEPTH(3));
#pragma HLS STREAM variable=gate_mean_y depth=3
#pragma HLS BIND_STORAGE variable=gate_mean_y type=fifo impl=lutram
    hls::stream<ports::gate_fc_y::Word> gate_fc_y("gate_fc_y" R2B_DEPTH(4));
#pragma HLS STREAM variable=gate_fc_y depth=4
#pragma HLS BIND_STORAGE variable=gate_fc_y type=fifo impl=lutram
    hls::stream<ports::gate_pre_y::Word> gate_pre_y("gate_pre_y" R2B_DEPTH(2));
#pragma HLS STREAM variable=gate_pre_y depth=2
#pragma HLS BIND_STORAGE variable=gate_pre_y type=fifo impl=lutram
    hls::stream<ports::fork_y2::Word> fork_y2("fork_y2" R2B_DEPTH(3));
#pragma HLS STREAM variable=fork_y2 depth=3
#pragma HLS BIND_STORAGE variable=fork_y2 type=fifo impl=lutram
    hls::stream<ports::conv_width_y::Word> conv_width_y("conv_width_y" R2B_DEPTH(4));
#pragma HLS STREAM variable=conv_width_y depth=4
#pragma HLS BIND_STORAGE variable=conv_width_y type=fifo impl=lutram
    hls::stream<ports::gate_sigmoid_y::Word> gate_sigmoid_y("gate_sigmoid_y" R2B_DEPTH(2));
#pragma HLS STREAM variable=gate_sigmoid_y depth=2
#pragma HLS BIND_STORAGE variable=gate_sigmoid_y type=fifo impl=lutram
    hls::stream<ports::skip_width_y::Word> skip_width_y("skip_width_y" R2B_DEPTH(3));
#pragma HLS STREAM variable=skip_width_y depth=3
#pragma HLS BIND_STORAGE variable=skip_width_y type=fifo impl=lutram
    hls::stream<ports::out_y::Word> out_y("out_y" R2B_DEPTH(4));
#pragma HLS STREAM variable=out_y depth=4
#pragma HLS BIND_STORAGE variable=out_y type=fifo impl=bram

#ifdef R2B_DATAFLOW
    hls::Processes processes;
#endif

    R2B_UNIT(r2b::read_axi_stream<ports::input_, INPUT_WORDS>(input, input_, frames));

    // block.in: fork, main 60 word
    R2B_UNIT(r2b::fork<
        schedule::fork_main,
        ports::input_>(
        frames,
        input_,
        fork_y0,
        fork_y1,
        fork_y2));

    // block.sign: threshold, main 20 pixel x 3 fold
    R2B_UNIT(r2b::threshold<
        schedule::sign_main,
        ports::fork_y0,
        ports::sign_y>(
        fork_y0,
        sign_y,
        parameters::sign_thresholds,
        parameters::sign_inverts,
        frames));

    // block.gate: global_sum, main 20 pixel x 3 fold
    R2B_UNIT(r2b::global_sum<
        schedule::gate_sum_main,
        ports::fork_y1,
        ports::gate_sum_y>(
        fork_y1,
        gate_sum_y,
        frames));

    // skip.width: width_converter, main 20 word x 3 part
    R2B_UNIT(r2b::width_converter<
        schedule::skip_width_main,
        ports::fork_y2,
        ports::skip_width_y>(
        fork_y2,
        skip_width_y,
        frames));

    // block.conv: sliding_window, raster 4 row x 6 column x 3 fold; windows 4 row x 6 column x 3 fold
    R2B_UNIT(r2b::sliding_window<
        schedule::window_raster,
        schedule::window_windows,
        ports::sign_y,
        ports::window_y,
        /* map height */ 4,
        /* map width */ 5,
        /* kernel height */ 3,
        /* kernel width */ 3,
        /* padding rows */ 1,
        /* prologue */ 18,
        /* padding value */ 0>(
        sign_y,
        window_y,
        frames));

    // block.gate.gin: channelwise, main 1 pixel x 3 fold
    R2B_UNIT(r2b::channelwise<
        schedule::gate_mean_main,
        ports::gate_sum_y,
        ports::gate_mean_y,
        /* bits of the sum */ 13,
        /* bits of the result */ 13,
        /* slope exponent */ 0,
        /* multiplied */ false,
        /* lowest output */ -128,
        /* highest output */ 127,
        /* input shift */ 0,
        /* output shift */ 4>(
        gate_sum_y,
        gate_mean_y,
        parameters::gate_mean_multipliers,
        parameters::gate_mean_input_shifts,
        parameters::gate_mean_biases,
        parameters::gate_mean_slopes,
        parameters::gate_mean_output_shifts,
        frames));

    // block.conv: xnor_mvu, main 20 pixel x 4 neuron x 3 synapse
    R2B_UNIT(r2b::xnor_mvu<
        schedule::conv_main,
        ports::window_y,
        ports::conv_y>(
        window_y,
        conv_y,
        parameters::conv_weights,
        frames));

    // block.gate.fc: integer_mvu, main 1 pixel x 1 neuron x 3 synapse
    R2B_UNIT(r2b::integer_mvu_in_luts<
        schedule::gate_fc_main,
        ports::gate_mean_y,
        ports::gate_fc_y>(
        gate_mean_y,
        gate_fc_y,
        parameters::gate_fc_weights,
        frames));

    // conv.width: width_converter, main 20 word x 4 part
    R2B_UNIT(r2b::width_converter<
        schedule::conv_width_main,
        ports::conv_y,
        ports::conv_width_y>(
        conv_y,
        conv_width_y,
        frames));

    // block.gate.pre: channelwise, main 1 pixel x 1 fold
    R2B_UNIT(r2b::channelwise<
        schedule::gate_pre_main,
        ports::gate_fc_y,
        ports::gate_pre_y,
        /* bits of the sum */ 19,
        /* bits of the result */ 19,
        /* slope exponent */ 0,
        /* multiplied */ false,
        /* lowest output */ -128,
        /* highest output */ 127,
        /* input shift */ r2b::VARYING,
        /* output shift */ r2b::VARYING>(
        gate_fc_y,
        gate_pre_y,
        parameters::gate_pre_multipliers,
        parameters::gate_pre_input_shifts,
        parameters::gate_pre_biases,
        parameters::gate_pre_slopes,
        parameters::gate_pre_output_shifts,
        frames));

    // block.gate.sigmoid: sigmoid_table, main 1 pixel x 1 fold
    R2B_UNIT(r2b::sigmoid_table<
        schedule::gate_sigmoid_main,
        ports::gate_pre_y,
        ports::gate_sigmoid_y,
        /* lowest input */ -128>(
        gate_pre_y,
        gate_sigmoid_y,
        parameters::gate_sigmoid_table,
        frames));

    // block.out: rescale, main 20 pixel x 1 fold
    R2B_UNIT(r2b::rescale_gated_skipped<
        schedule::out_main,
        ports::conv_width_y,
        ports::gate_sigmoid_y,
        ports::skip_width_y,
        ports::out_y,
        /* bits of the sum */ 8,
        /* bits of the product */ 16,
        /* bits of the result */ 20,
        /* slope exponent */ 3,
        /* multiplied */ false,
        /* biased */ false,
        /* lowest output */ -128,
        /* highest output */ 127,
        /* input shift */ 0,
        /* activated shift */ 0,
        /* skip shift */ 10,
        /* output shift */ 10>(
        conv_width_y,
        gate_sigmoid_y,
        skip_width_y,
        out_y,
        parameters::out_multipliers,
        parameters::out_input_shifts,
        parameters::out_biases,
        parameters::out_slopes,
        parameters::out_activated_shifts,
        parameters::out_skip_shifts,
        parameters::out_output_shifts,
        frames));

    R2B_UNIT(r2b::write_axi_stream<ports::out_y, OUTPUT_WORDS>(out_y, output, frames));

#ifdef R2B_DATAFLOW
    processes.run();
#endif
}
