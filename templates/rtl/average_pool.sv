// Average pool: sums of disjoint tiles, given out with a tile's last word. Latency 2.
//
// A row of tiles is summed at once, a word of sums for each tile and fold. Where a pixel is one word, the sum of a
// tile's row of pixels changes every cycle: block RAM is read at such a row's first pixel only, the rest is added up in
// the output's register.
//
//     t + 1  the word, and its tile's sums so far
//     t + 2  their sum, in the memory too
module r2b_average_pool #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned SUM_BITS = 10,
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned FOLDS = 1,
    parameter int unsigned TILES = 2,
    parameter STYLE = "distributed"
) (
    input  logic                         clk,
    input  logic                         rst,
    input  logic                         main_fire,
    input  logic                         main_begins_tile,
    input  logic                         main_begins_row,
    input  logic                         main_ends_pixel,
    input  logic                         main_ends_row,
    input  logic                         main_ends_map_row,
    input  logic                         main_in_tile,
    input  logic [CHANNELS*BITS-1:0]     x_data,
    output logic [CHANNELS*SUM_BITS-1:0] y_data
);
    localparam int unsigned WORDS = TILES * FOLDS;
    localparam int unsigned ADDRESS_BITS = WORDS > 1 ? $clog2(WORDS) : 1;

    // t: where the tile's sums lie. Every pixel of a tile's row goes over the same words.
    logic [ADDRESS_BITS-1:0] tile;
    logic [ADDRESS_BITS-1:0] address;
    logic [ADDRESS_BITS-1:0] address_next;
    assign address_next = main_ends_map_row ? '0 : main_ends_pixel && !main_ends_row ? tile : address + 1'b1;
    always_ff @(posedge clk) begin
        if (rst) begin
            address <= '0;
            tile <= '0;
        end else if (main_fire) begin
            address <= address_next;
            if (main_ends_pixel) tile <= address_next;
        end
    end

    logic fire;
    logic begins_tile;
    logic [ADDRESS_BITS-1:0] write_address;
    logic [CHANNELS*BITS-1:0] x;
    logic [CHANNELS*SUM_BITS-1:0] stored;
    logic [CHANNELS*SUM_BITS-1:0] so_far;
    logic [CHANNELS*SUM_BITS-1:0] sums;
    always_ff @(posedge clk) begin
        fire <= main_fire && main_in_tile;
        begins_tile <= main_begins_tile;
        write_address <= address;
        x <= x_data;
    end
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        r2b_accumulate #(
            .BITS(BITS),
            .IS_SIGNED(IS_SIGNED),
            .SUM_BITS(SUM_BITS)
        ) add (
            .value(x[channel*BITS+:BITS]),
            .begins(begins_tile),
            .so_far(so_far[channel*SUM_BITS+:SUM_BITS]),
            .sum(sums[channel*SUM_BITS+:SUM_BITS])
        );
    end
    r2b_memory #(
        .WIDTH(CHANNELS * SUM_BITS),
        .DEPTH(WORDS),
        .STYLE(STYLE)
    ) memory (
        .clk,
        .write(fire),
        .write_address,
        .write_data(sums),
        .read_address(address),
        .read_data(stored)
    );
    always_ff @(posedge clk) if (fire) y_data <= sums;
    if (FOLDS == 1 && STYLE == "block") begin : g_ahead
        logic begins_row;
        always_ff @(posedge clk) begins_row <= main_begins_row;
        assign so_far = begins_row ? stored : y_data;
    end else begin : g_in_place
        wire unused = &{1'b0, main_begins_row};
        assign so_far = stored;
    end
endmodule
