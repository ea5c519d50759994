// XNOR-popcount matrix-vector unit: PE sums of 2 * popcount(x xnor weights) - valid synapses. Latency 4.
//
// A word of x is [tap][input channel], with a valid bit a tap above where VALID_BITS; an invalid tap adds nothing. The
// first of NEURON_FOLDS passes over the output channels takes FOLDS words, the others use them again.
module r2b_xnor_mvu #(
    parameter int unsigned PE = 1,
    parameter int unsigned TAPS = 1,
    parameter int unsigned SIMD = 1,
    parameter int unsigned FOLDS = 1,
    parameter int unsigned NEURON_FOLDS = 1,
    parameter bit VALID_BITS = 1'b0,
    parameter int unsigned SUM_BITS = 2,
    parameter BUFFER_STYLE = "distributed",
    parameter POPCOUNT = "planned",
    parameter ACCUMULATORS = "lut",
    parameter bit [11:0] FREE_A = '0,
    parameter bit [11:0] FREE_B = '0,
    localparam int unsigned SYNAPSES = TAPS * SIMD,
    localparam int unsigned X_BITS = SYNAPSES + (VALID_BITS ? TAPS : 0),
    localparam int unsigned FOLD_BITS = FOLDS == 1 ? 1 : $clog2(FOLDS)
) (
    input  logic                   clk,
    input  logic                   rst,
    input  logic                   main_fire,
    input  logic [FOLD_BITS-1:0]   main_synapse,
    input  logic                   main_takes_x,
    input  logic                   main_begins_sum,
    input  logic [PE*TAPS*SIMD-1:0] weights,
    input  logic [X_BITS-1:0]      x_data,
    output logic [PE*SUM_BITS-1:0] y_data
);
    logic fire;
    logic begins_sum;
    always_ff @(posedge clk) begin
        fire <= main_fire && !rst;
        begins_sum <= main_begins_sum;
    end

    logic [X_BITS-1:0] x;
    if (NEURON_FOLDS == 1) begin : g_one_pass
        wire unused = &{1'b0, main_takes_x, main_synapse};
        always_ff @(posedge clk) x <= x_data;
    end else begin : g_passes
        r2b_word_buffer #(
            .WIDTH(X_BITS),
            .DEPTH(FOLDS),
            .STYLE(BUFFER_STYLE)
        ) kept (
            .clk,
            .fire(main_fire),
            .takes(main_takes_x),
            .address(main_synapse),
            .x_data,
            .data(x)
        );
    end

    logic [TAPS-1:0] valid;
    if (VALID_BITS) begin : g_valid
        assign valid = x[X_BITS-1-:TAPS];
    end else begin : g_all_valid
        assign valid = '1;
    end
    r2b_xnor_rows #(
        .PE(PE),
        .TAPS(TAPS),
        .SIMD(SIMD),
        .FOLDS(FOLDS),
        .VALID_BITS(VALID_BITS),
        .SUM_BITS(SUM_BITS),
        .POPCOUNT(POPCOUNT),
        .ACCUMULATORS(ACCUMULATORS),
        .FREE_A(FREE_A),
        .FREE_B(FREE_B)
    ) rows (
        .clk,
        .fire,
        .begins_sum,
        .x(x[SYNAPSES-1:0]),
        .valid,
        .weights,
        .sums(y_data)
    );
endmodule
