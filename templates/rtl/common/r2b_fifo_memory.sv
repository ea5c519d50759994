// The words of a FIFO: what is at the head, in every memory from the cycle after it was written.
//
// LUTRAM is read in the cycle of use. Block RAM and UltraRAM are read a cycle ahead, at the address the head will have;
// a word that is written in that very cycle goes around the memory.
module r2b_fifo_memory #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2,
    parameter MEMORY = "lutram",
    localparam int unsigned ADDRESS_BITS = $clog2(DEPTH)
) (
    input  logic                    clk,
    input  logic                    write,
    input  logic [ADDRESS_BITS-1:0] write_address,
    input  logic [WIDTH-1:0]        write_data,
    input  logic [ADDRESS_BITS-1:0] read_address,
    input  logic [ADDRESS_BITS-1:0] next_read_address,
    output logic [WIDTH-1:0]        read_data
);
    if (MEMORY == "bram" || MEMORY == "uram") begin : g_ahead
        logic [WIDTH-1:0] fetched;
        logic [WIDTH-1:0] around;
        logic goes_around;
        wire unused = &{1'b0, read_address};
        if (MEMORY == "bram") begin : g_block
            (* ram_style = "block" *) logic [WIDTH-1:0] words[DEPTH];
            always_ff @(posedge clk) begin
                if (write) words[write_address] <= write_data;
                fetched <= words[next_read_address];
            end
        end else begin : g_ultra
            (* ram_style = "ultra" *) logic [WIDTH-1:0] words[DEPTH];
            always_ff @(posedge clk) begin
                if (write) words[write_address] <= write_data;
                fetched <= words[next_read_address];
            end
        end
        always_ff @(posedge clk) begin
            around <= write_data;
            goes_around <= write && write_address == next_read_address;
        end
        assign read_data = goes_around ? around : fetched;
    end else begin : g_in_place
        (* ram_style = "distributed" *) logic [WIDTH-1:0] words[DEPTH];
        wire unused = &{1'b0, next_read_address};
        always_ff @(posedge clk) if (write) words[write_address] <= write_data;
        assign read_data = words[read_address];
    end
endmodule
