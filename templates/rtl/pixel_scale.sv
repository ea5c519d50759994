// Pixel scale: every channel of a pixel times the pixel's factor, which comes with its first word. Latency 2.
module r2b_pixel_scale #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter int unsigned FACTOR_BITS = 8,
    parameter bit FACTOR_SIGNED = 1'b0,
    parameter bit IN_DSP = 1'b0,
    parameter int unsigned Y_BITS = 16
) (
    input  logic                       clk,
    input  logic                       rst,
    input  logic                       main_fire,
    input  logic                       main_brings_factor,
    input  logic [CHANNELS*X_BITS-1:0] x_data,
    input  logic [FACTOR_BITS-1:0]     k_data,
    output logic [CHANNELS*Y_BITS-1:0] y_data
);
    wire unused = &{1'b0, rst};
    logic [CHANNELS*X_BITS-1:0] word;
    logic [FACTOR_BITS-1:0] factor;
    always_ff @(posedge clk) begin
        word <= x_data;
        if (main_fire && main_brings_factor) factor <= k_data;
    end
    r2b_word_products #(
        .CHANNELS(CHANNELS),
        .X_BITS(X_BITS),
        .X_SIGNED(X_SIGNED),
        .FACTOR_BITS(FACTOR_BITS),
        .FACTOR_SIGNED(FACTOR_SIGNED),
        .IN_DSP(IN_DSP),
        .Y_BITS(Y_BITS)
    ) products (
        .clk,
        .word,
        .factors({CHANNELS{factor}}),
        .out(y_data)
    );
endmodule
