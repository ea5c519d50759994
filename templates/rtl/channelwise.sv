// Channelwise: x * multiplier + bias, then ReLU or PReLU, then requantisation; each but the last may be absent.
// Latency 2, and one more for each of multiplier, bias and PReLU.
//
// Requantisation rounds every channel at ROUND_SHIFT; a channel of a smaller shift is first shifted left by the
// difference, left_shifts. Constants stand when their stage needs them; those of absent stages are ignored.
module r2b_channelwise #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter bit MULTIPLIED = 1'b0,
    parameter int unsigned MULTIPLIER_BITS = 1,
    parameter bit MULTIPLIER_SIGNED = 1'b1,
    parameter bit MULTIPLIER_IN_DSP = 1'b0,
    parameter bit BIASED = 1'b0,
    parameter int unsigned BIAS_BITS = 1,
    parameter int unsigned INPUT_SHIFT = 0,
    parameter int unsigned INPUT_SHIFT_BITS = 0,
    parameter int unsigned SUM_BITS = 8,
    parameter bit RELU = 1'b0,
    parameter bit PRELU = 1'b0,
    parameter int unsigned SLOPE_EXPONENT = 0,
    parameter int unsigned SLOPE_BITS = 1,
    parameter bit SLOPE_SIGNED = 1'b1,
    parameter bit SLOPE_IN_DSP = 1'b0,
    parameter int unsigned ALIGNED_BITS = 8,
    parameter int unsigned LEFT_BITS = 0,
    parameter int ROUND_SHIFT = 0,
    parameter int unsigned ROUNDED_BITS = 8,
    parameter int unsigned OUT_BITS = 8,
    parameter longint LOW = -64'sd128,
    parameter longint HIGH = 64'sd127,
    parameter bit CLIPS_LOW = 1'b1,
    parameter bit CLIPS_HIGH = 1'b1,
    localparam int unsigned INPUT_SHIFT_WIDTH = INPUT_SHIFT_BITS == 0 ? 1 : INPUT_SHIFT_BITS,
    localparam int unsigned LEFT_WIDTH = LEFT_BITS == 0 ? 1 : LEFT_BITS
) (
    input  logic                                  clk,
    input  logic                                  rst,
    input  logic                                  main_fire,
    input  logic [CHANNELS*MULTIPLIER_BITS-1:0]   multipliers,
    input  logic [CHANNELS*BIAS_BITS-1:0]         biases,
    input  logic [CHANNELS*INPUT_SHIFT_WIDTH-1:0] input_shifts,
    input  logic [CHANNELS*SLOPE_BITS-1:0]        slopes,
    input  logic [CHANNELS*LEFT_WIDTH-1:0]        left_shifts,
    input  logic [CHANNELS*X_BITS-1:0]            x_data,
    output logic [CHANNELS*OUT_BITS-1:0]          y_data
);
    wire unused = &{1'b0, rst, main_fire};
    logic [CHANNELS*SUM_BITS-1:0] sums;
    r2b_affine #(
        .CHANNELS(CHANNELS),
        .X_BITS(X_BITS),
        .X_SIGNED(X_SIGNED),
        .MULTIPLIED(MULTIPLIED),
        .MULTIPLIER_BITS(MULTIPLIER_BITS),
        .MULTIPLIER_SIGNED(MULTIPLIER_SIGNED),
        .IN_DSP(MULTIPLIER_IN_DSP),
        .BIASED(BIASED),
        .BIAS_BITS(BIAS_BITS),
        .SHIFT(INPUT_SHIFT),
        .SHIFT_BITS(INPUT_SHIFT_BITS),
        .SUM_BITS(SUM_BITS)
    ) affine (
        .clk,
        .x(x_data),
        .multipliers,
        .biases,
        .shifts(input_shifts),
        .sums
    );

    logic [CHANNELS*ALIGNED_BITS-1:0] activated;
    r2b_activate #(
        .CHANNELS(CHANNELS),
        .RELU(RELU),
        .PRELU(PRELU),
        .EXPONENT(SLOPE_EXPONENT),
        .IN_BITS(SUM_BITS),
        .OUT_BITS(ALIGNED_BITS),
        .SLOPE_BITS(SLOPE_BITS),
        .SLOPE_SIGNED(SLOPE_SIGNED),
        .IN_DSP(SLOPE_IN_DSP)
    ) activate (
        .clk,
        .slopes,
        .in(sums),
        .out(activated)
    );

    logic [CHANNELS*ALIGNED_BITS-1:0] aligned;
    r2b_align #(
        .CHANNELS(CHANNELS),
        .BITS(ALIGNED_BITS),
        .SHIFT_BITS(LEFT_BITS)
    ) align (
        .amounts(left_shifts),
        .in(activated),
        .out(aligned)
    );
    r2b_requantise #(
        .CHANNELS(CHANNELS),
        .IN_BITS(ALIGNED_BITS),
        .SHIFT(ROUND_SHIFT),
        .ROUNDED_BITS(ROUNDED_BITS),
        .OUT_BITS(OUT_BITS),
        .LOW(LOW),
        .HIGH(HIGH),
        .CLIPS_LOW(CLIPS_LOW),
        .CLIPS_HIGH(CLIPS_HIGH)
    ) requantise (
        .clk,
        .in(aligned),
        .out(y_data)
    );
endmodule
