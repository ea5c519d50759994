// XNOR-popcount matrix-vector unit for PIXELS pixels at once: one word of weights serves all of them. Latency 5.
//
// A word of x is [tap][input channel], with a valid bit a tap above where VALID_BITS. Nest fill writes a group's words,
// FOLDS a pixel, into a memory a pixel; compute reads one word of each and one of the weights; drain reads the results,
// NEURON_FOLDS words of PE sums a pixel, pixel after pixel. Every memory has a half for each of two groups. Credits see to
// it that nothing is read before it is written, or overwritten before it is read.
module r2b_pixel_parallel_mvu #(
    parameter int unsigned PIXELS = 2,
    parameter int unsigned PE = 1,
    parameter int unsigned TAPS = 1,
    parameter int unsigned SIMD = 1,
    parameter int unsigned FOLDS = 1,
    parameter int unsigned NEURON_FOLDS = 1,
    parameter bit VALID_BITS = 1'b0,
    parameter int unsigned SUM_BITS = 2,
    parameter WORDS_STYLE = "distributed",
    parameter RESULTS_STYLE = "distributed",
    parameter POPCOUNT = "planned",
    localparam int unsigned SYNAPSES = TAPS * SIMD,
    localparam int unsigned X_BITS = SYNAPSES + (VALID_BITS ? TAPS : 0),
    localparam int unsigned Y_BITS = PE * SUM_BITS,
    localparam int unsigned PIXEL_BITS = PIXELS == 1 ? 1 : $clog2(PIXELS),
    localparam int unsigned FOLD_BITS = FOLDS == 1 ? 1 : $clog2(FOLDS),
    localparam int unsigned NEURON_BITS = NEURON_FOLDS == 1 ? 1 : $clog2(NEURON_FOLDS)
) (
    input  logic                   clk,
    input  logic                   rst,
    input  logic                   fill_fire,
    input  logic                   compute_fire,
    input  logic                   drain_fire,
    input  logic [PIXEL_BITS-1:0]  fill_pixel,
    input  logic [FOLD_BITS-1:0]   fill_synapse,
    input  logic [NEURON_BITS-1:0] compute_neuron,
    input  logic [FOLD_BITS-1:0]   compute_synapse,
    input  logic [PIXEL_BITS-1:0]  drain_pixel,
    input  logic [NEURON_BITS-1:0] drain_neuron,
    input  logic                   fill_ends_group,
    input  logic                   compute_ends_group,
    input  logic                   compute_begins_sum,
    input  logic                   compute_ends_sum,
    input  logic                   drain_ends_group,
    input  logic [PE*SYNAPSES-1:0] weights,
    input  logic [X_BITS-1:0]      x_data,
    output logic [Y_BITS-1:0]      y_data
);
    // Cycles from an iteration of compute to its sums.
    localparam int unsigned SUM_LATENCY = 4;

    logic fill_half;
    logic compute_half;
    logic drain_half;
    always_ff @(posedge clk) begin
        if (rst) begin
            fill_half <= 1'b0;
            compute_half <= 1'b0;
            drain_half <= 1'b0;
        end else begin
            fill_half <= fill_half ^ (fill_fire && fill_ends_group);
            compute_half <= compute_half ^ (compute_fire && compute_ends_group);
            drain_half <= drain_half ^ (drain_fire && drain_ends_group);
        end
    end

    logic sums_fire;
    logic begins_sum;
    always_ff @(posedge clk) begin
        sums_fire <= compute_fire;
        begins_sum <= compute_begins_sum;
    end

    // Sums arrive SUM_LATENCY cycles after compute has fired. Drain may fire one cycle after it, so it reads as late.
    logic sums_arrive;
    logic [NEURON_BITS:0] sums_address[SUM_LATENCY];
    logic [NEURON_BITS:0] read_address[SUM_LATENCY];
    logic [PIXEL_BITS-1:0] read_pixel[SUM_LATENCY+1];
    r2b_delay #(
        .LATENCY(SUM_LATENCY)
    ) sums_in_flight (
        .clk,
        .rst,
        .in(compute_fire && compute_ends_sum),
        .out(sums_arrive)
    );
    always_ff @(posedge clk) begin
        sums_address[0] <= {compute_half, compute_neuron};
        read_address[0] <= {drain_half, drain_neuron};
        read_pixel[0] <= drain_pixel;
        for (int unsigned i = 1; i < SUM_LATENCY; i++) begin
            sums_address[i] <= sums_address[i-1];
            read_address[i] <= read_address[i-1];
        end
        for (int unsigned i = 1; i <= SUM_LATENCY; i++) read_pixel[i] <= read_pixel[i-1];
    end

    logic [Y_BITS-1:0] results[PIXELS];
    for (genvar pixel = 0; pixel < PIXELS; pixel++) begin : g_pixel
        logic [X_BITS-1:0] x;
        logic [TAPS-1:0] valid;
        logic [Y_BITS-1:0] sums;
        r2b_memory #(
            .WIDTH(X_BITS),
            .DEPTH(2 << FOLD_BITS),
            .STYLE(WORDS_STYLE)
        ) window_memory (
            .clk,
            .write(fill_fire && fill_pixel == PIXEL_BITS'(pixel)),
            .write_address({fill_half, fill_synapse}),
            .write_data(x_data),
            .read_address({compute_half, compute_synapse}),
            .read_data(x)
        );
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
            .POPCOUNT(POPCOUNT)
        ) rows (
            .clk,
            .fire(sums_fire),
            .begins_sum,
            .x(x[SYNAPSES-1:0]),
            .valid,
            .weights,
            .sums
        );
        r2b_memory #(
            .WIDTH(Y_BITS),
            .DEPTH(2 << NEURON_BITS),
            .STYLE(RESULTS_STYLE)
        ) result_memory (
            .clk,
            .write(sums_arrive),
            .write_address(sums_address[SUM_LATENCY-1]),
            .write_data(sums),
            .read_address(read_address[SUM_LATENCY-1]),
            .read_data(results[pixel])
        );
    end
    assign y_data = results[read_pixel[SUM_LATENCY]];
endmodule
