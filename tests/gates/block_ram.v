// What a RAMB18 and a RAMB36 do on one clock (UG473, UG573), without output registers, cascades and resets.
//
// WORDS words of 32 bits and 4 of parity. A width of 9 or more has a parity bit a byte. An address counts bits of data.
// What a port reads where the other one writes is the old word if the writer's mode is READ_FIRST; else it is not
// defined, and here it is wrong on purpose. Both ports have the clock of the accelerator.
module block_ram #(
    parameter integer WORDS = 1024,
    parameter [32*WORDS-1:0] CONTENT = 0,
    parameter [4*WORDS-1:0] PARITY = 0,
    parameter integer READ_WIDTH_A = 0,
    parameter integer READ_WIDTH_B = 0,
    parameter integer WRITE_WIDTH_A = 0,
    parameter integer WRITE_WIDTH_B = 0,
    parameter MODE_A = "WRITE_FIRST",
    parameter MODE_B = "WRITE_FIRST",
    parameter integer ADDRESS_BITS = $clog2(WORDS) + 5
) (
    input clock,
    input enable_a,
    input enable_b,
    input reset,
    input [ADDRESS_BITS-1:0] address_a,
    input [ADDRESS_BITS-1:0] address_b,
    input [7:0] write_a,
    input [7:0] write_b,
    input [63:0] data_a,
    input [63:0] data_b,
    input [7:0] parity_a,
    input [7:0] parity_b,
    output reg [63:0] read_a,
    output reg [63:0] read_b,
    output reg [7:0] read_parity_a,
    output reg [7:0] read_parity_b
);
    reg [32*WORDS-1:0] content = CONTENT;
    reg [4*WORDS-1:0] parity = PARITY;
    initial begin
        read_a = 0;
        read_b = 0;
        read_parity_a = 0;
        read_parity_b = 0;
    end

    // Bits of data, without those of parity.
    function integer bits(input integer width);
        bits = width >= 9 ? width / 9 * 8 : width;
    endfunction
    function integer first(input [ADDRESS_BITS-1:0] address, input integer width);
        first = width == 0 ? 0 : address / bits(width) * bits(width);
    endfunction
    function overlaps(input integer one, input integer width, input integer other, input integer other_width);
        overlaps = one < other + bits(other_width) && other < one + bits(width);
    endfunction
    function [63:0] taken(input integer at, input integer width);
        integer i;
        for (i = 0; i < 64; i = i + 1) taken[i] = i < bits(width) ? content[(at+i)%(32*WORDS)] : 1'b0;
    endfunction
    function [7:0] taken_parity(input integer at, input integer width);
        integer i;
        for (i = 0; i < 8; i = i + 1) taken_parity[i] = 9 * i < width && width >= 9 ? parity[(at/8+i)%(4*WORDS)] : 1'b0;
    endfunction
    // Bytes of a word that a port writes: WE's lowest, one for all bits of a narrow word.
    function [7:0] written(input [7:0] enables, input integer width);
        written = width == 0 ? 8'd0 : width < 9 ? {8{enables[0]}} : enables & ((9'd1 << width / 9) - 9'd1);
    endfunction
    function [63:0] spread(input [7:0] bytes);
        integer i;
        for (i = 0; i < 64; i = i + 1) spread[i] = bytes[i/8];
    endfunction

    integer i, place_a, place_b;
    reg [7:0] bytes_a, bytes_b, new_parity;
    reg wrong;
    reg [63:0] new_bits;
    always @(posedge clock) begin
        if (reset) $fatal(1, "a reset of a block RAM's output is not modelled");
        bytes_a = enable_a ? written(write_a, WRITE_WIDTH_A) : 8'd0;
        bytes_b = enable_b ? written(write_b, WRITE_WIDTH_B) : 8'd0;
        if (enable_a && READ_WIDTH_A != 0 && !(bytes_a != 0 && MODE_A == "NO_CHANGE")) begin
            place_a = first(address_a, READ_WIDTH_A);
            place_b = first(address_b, WRITE_WIDTH_B);
            wrong = bytes_b != 0 && MODE_B != "READ_FIRST" && overlaps(place_a, READ_WIDTH_A, place_b, WRITE_WIDTH_B);
            new_bits = MODE_A == "WRITE_FIRST" ? spread(bytes_a) : 64'd0;
            new_parity = MODE_A == "WRITE_FIRST" ? bytes_a : 8'd0;
            read_a <= (taken(place_a, READ_WIDTH_A) ^ {64{wrong}}) & ~new_bits | data_a & new_bits;
            read_parity_a <= (taken_parity(place_a, READ_WIDTH_A) ^ {8{wrong}}) & ~new_parity | parity_a & new_parity;
        end
        if (enable_b && READ_WIDTH_B != 0 && !(bytes_b != 0 && MODE_B == "NO_CHANGE")) begin
            place_a = first(address_a, WRITE_WIDTH_A);
            place_b = first(address_b, READ_WIDTH_B);
            wrong = bytes_a != 0 && MODE_A != "READ_FIRST" && overlaps(place_a, WRITE_WIDTH_A, place_b, READ_WIDTH_B);
            new_bits = MODE_B == "WRITE_FIRST" ? spread(bytes_b) : 64'd0;
            new_parity = MODE_B == "WRITE_FIRST" ? bytes_b : 8'd0;
            read_b <= (taken(place_b, READ_WIDTH_B) ^ {64{wrong}}) & ~new_bits | data_b & new_bits;
            read_parity_b <= (taken_parity(place_b, READ_WIDTH_B) ^ {8{wrong}}) & ~new_parity | parity_b & new_parity;
        end
        place_a = first(address_a, WRITE_WIDTH_A);
        place_b = first(address_b, WRITE_WIDTH_B);
        if (bytes_a != 0 && bytes_b != 0 && overlaps(place_a, WRITE_WIDTH_A, place_b, WRITE_WIDTH_B))
            $fatal(1, "both ports of a block RAM write one word");
        for (i = 0; i < 64; i = i + 1) begin
            if (bytes_a[i/8] && i < bits(WRITE_WIDTH_A)) content[(place_a+i)%(32*WORDS)] = data_a[i];
            if (bytes_b[i/8] && i < bits(WRITE_WIDTH_B)) content[(place_b+i)%(32*WORDS)] = data_b[i];
        end
        for (i = 0; i < 8; i = i + 1) begin
            if (bytes_a[i] && 9 * i + 8 < WRITE_WIDTH_A) parity[(place_a/8+i)%(4*WORDS)] = parity_a[i];
            if (bytes_b[i] && 9 * i + 8 < WRITE_WIDTH_B) parity[(place_b/8+i)%(4*WORDS)] = parity_b[i];
        end
    end
endmodule
