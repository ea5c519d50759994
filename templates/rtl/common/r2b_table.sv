// A table of constants with two readers: the entry at an address of cycle t stands in data in t + 2.
//
// FILE has DEPTH entries, one a line, hexadecimal. A dual-port block RAM serves both readers; in LUTs each has its own.
module r2b_table #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned ADDRESS_BITS = 8,
    parameter FILE = "",
    parameter STYLE = "block"
) (
    input  logic                    clk,
    input  logic [ADDRESS_BITS-1:0] address_a,
    input  logic [ADDRESS_BITS-1:0] address_b,
    output logic [WIDTH-1:0]        data_a,
    output logic [WIDTH-1:0]        data_b
);
    if (STYLE == "block") begin : g_block
        (* rom_style = "block" *) logic [WIDTH-1:0] entries[1<<ADDRESS_BITS];
        initial $readmemh(FILE, entries);
        logic [WIDTH-1:0] read_a;
        logic [WIDTH-1:0] read_b;
        always_ff @(posedge clk) begin
            read_a <= entries[address_a];
            read_b <= entries[address_b];
            data_a <= read_a;
            data_b <= read_b;
        end
    end else begin : g_distributed
        // Without an attribute: to Yosys, "distributed" is LUTRAM, which constants do not go to.
        logic [WIDTH-1:0] entries[1<<ADDRESS_BITS];
        initial $readmemh(FILE, entries);
        logic [ADDRESS_BITS-1:0] lookup_a;
        logic [ADDRESS_BITS-1:0] lookup_b;
        always_ff @(posedge clk) begin
            lookup_a <= address_a;
            lookup_b <= address_b;
            data_a <= entries[lookup_a];
            data_b <= entries[lookup_b];
        end
    end
endmodule
