// Spatial scale: every value times a constant of its row, column and channel, or of some of them. Latency 2.
//
// Factors lie in a ROM of DEPTH words, read in turn: an iteration with steps is the last to use its word, one with
// rewinds goes back to the row's first word, SPAN words before. A word has LANES factors: one a channel, or one for all.
module r2b_spatial_scale #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned LANES = 1,
    parameter int unsigned DEPTH = 1,
    parameter int unsigned SPAN = 1,
    parameter STYLE = "distributed",
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter int unsigned FACTOR_BITS = 8,
    parameter bit FACTOR_SIGNED = 1'b0,
    parameter bit IN_DSP = 1'b0,
    parameter int unsigned Y_BITS = 16,
    parameter FACTORS_FILE = ""
) (
    input  logic                       clk,
    input  logic                       rst,
    input  logic                       main_fire,
    input  logic                       main_steps,
    input  logic                       main_rewinds,
    input  logic [CHANNELS*X_BITS-1:0] x_data,
    output logic [CHANNELS*Y_BITS-1:0] y_data
);
    logic [CHANNELS*X_BITS-1:0] word;
    always_ff @(posedge clk) word <= x_data;

    logic [LANES*FACTOR_BITS-1:0] factors;
    if (DEPTH == 1) begin : g_one
        logic [LANES*FACTOR_BITS-1:0] words[1];
        initial $readmemh(FACTORS_FILE, words);
        wire unused = &{1'b0, rst, main_fire, main_steps, main_rewinds};
        assign factors = words[0];
    end else begin : g_many
        localparam int unsigned ADDRESS_BITS = $clog2(DEPTH);
        localparam bit [ADDRESS_BITS-1:0] LAST = ADDRESS_BITS'(DEPTH - 1);
        logic [ADDRESS_BITS-1:0] address;
        always_ff @(posedge clk) begin
            if (rst) address <= '0;
            else if (main_fire && main_rewinds) address <= address - ADDRESS_BITS'(SPAN);
            else if (main_fire && main_steps) address <= address == LAST ? '0 : address + 1'b1;
        end
        if (STYLE == "block") begin : g_block
            (* rom_style = "block" *) logic [LANES*FACTOR_BITS-1:0] words[DEPTH];
            initial $readmemh(FACTORS_FILE, words);
            always_ff @(posedge clk) if (main_fire) factors <= words[address];
        end else begin : g_distributed
            (* rom_style = "distributed" *) logic [LANES*FACTOR_BITS-1:0] words[DEPTH];
            initial $readmemh(FACTORS_FILE, words);
            always_ff @(posedge clk) if (main_fire) factors <= words[address];
        end
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
        .factors({CHANNELS / LANES{factors}}),
        .out(y_data)
    );
endmodule
