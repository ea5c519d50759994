// Global sum: each channel summed over a frame's pixels, given out with the last of them. Latency 2.
//
//     t + 1  the word, and its fold's sums so far
//     t + 2  their sum, in the memory too
module r2b_global_sum #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned SUM_BITS = 16,
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned FOLDS = 1,
    parameter STYLE = "distributed",
    localparam int unsigned FOLD_BITS = FOLDS > 1 ? $clog2(FOLDS) : 1
) (
    input  logic                         clk,
    input  logic                         rst,
    input  logic                         main_fire,
    input  logic                         main_begins_frame,
    input  logic [FOLD_BITS-1:0]         main_fold,
    input  logic [CHANNELS*BITS-1:0]     x_data,
    output logic [CHANNELS*SUM_BITS-1:0] y_data
);
    wire unused = &{1'b0, rst};
    logic fire;
    logic begins_frame;
    logic [FOLD_BITS-1:0] fold;
    logic [CHANNELS*BITS-1:0] x;
    logic [CHANNELS*SUM_BITS-1:0] so_far;
    logic [CHANNELS*SUM_BITS-1:0] sums;
    always_ff @(posedge clk) begin
        fire <= main_fire;
        begins_frame <= main_begins_frame;
        fold <= main_fold;
        x <= x_data;
    end
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        r2b_accumulate #(
            .BITS(BITS),
            .IS_SIGNED(IS_SIGNED),
            .SUM_BITS(SUM_BITS)
        ) add (
            .value(x[channel*BITS+:BITS]),
            .begins(begins_frame),
            .so_far(so_far[channel*SUM_BITS+:SUM_BITS]),
            .sum(sums[channel*SUM_BITS+:SUM_BITS])
        );
    end
    r2b_memory #(
        .WIDTH(CHANNELS * SUM_BITS),
        .DEPTH(FOLDS),
        .STYLE(STYLE)
    ) memory (
        .clk,
        .write(fire),
        .write_address(fold),
        .write_data(sums),
        .read_address(main_fold),
        .read_data(so_far)
    );
    if (FOLDS == 1) begin : g_same
        assign y_data = so_far;
    end else begin : g_many
        always_ff @(posedge clk) y_data <= sums;
    end
endmodule
