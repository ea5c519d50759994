// Threshold: bit = (x >= threshold) xor invert, a threshold and an invert a channel. Latency 1.
module r2b_threshold #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned CHANNELS = 1
) (
    input  logic                     clk,
    input  logic                     rst,
    input  logic                     main_fire,
    input  logic [CHANNELS*BITS-1:0] thresholds,
    input  logic [CHANNELS-1:0]      inverts,
    input  logic [CHANNELS*BITS-1:0] x_data,
    output logic [CHANNELS-1:0]      y_data
);
    wire unused = &{1'b0, rst, main_fire};
    logic [CHANNELS*BITS-1:0] x;
    always_ff @(posedge clk) x <= x_data;
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        // Two's complement compares as unsigned with the sign bit turned over.
        localparam bit [BITS-1:0] TURN = IS_SIGNED ? BITS'(1) << (BITS - 1) : '0;
        logic [BITS-1:0] value;
        logic [BITS-1:0] threshold;
        assign value = x[channel*BITS+:BITS] ^ TURN;
        assign threshold = thresholds[channel*BITS+:BITS] ^ TURN;
        assign y_data[channel] = (value >= threshold) ^ inverts[channel];
    end
endmodule
