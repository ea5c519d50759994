// Constants read in turn, as r2b_constants, but loaded at run time.
//
// Words of 32 bits come by load_*: the first DEPTH * ceil(WIDTH / 32) of them, lowest bits first, fill this memory, the
// others go on to the next one a cycle later. load_first marks the first word of a load. loaded falls with it and rises
// when the memory is full; nothing may fire before that.
module r2b_loadable #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2,
    parameter STYLE = "distributed"
) (
    input  logic             clk,
    input  logic             rst,
    input  logic             advance,
    output logic [WIDTH-1:0] data,
    input  logic             load_valid,
    input  logic             load_first,
    input  logic [31:0]      load_data,
    output logic             next_valid,
    output logic             next_first,
    output logic [31:0]      next_data,
    output logic             loaded
);
    localparam int unsigned SLICES = (WIDTH + 31) / 32;
    localparam int unsigned SLICE_BITS = SLICES > 1 ? $clog2(SLICES) : 1;
    localparam int unsigned ADDRESS_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
    localparam bit [SLICE_BITS-1:0] LAST_SLICE = SLICE_BITS'(SLICES - 1);
    localparam bit [ADDRESS_BITS-1:0] LAST = ADDRESS_BITS'(DEPTH - 1);

    // Loading.
    logic [SLICE_BITS-1:0] slice, at_slice;
    logic [ADDRESS_BITS-1:0] row, at_row;
    logic write, ends, passes;
    assign at_slice = load_first ? '0 : slice;
    assign at_row = load_first ? '0 : row;
    assign write = load_valid && (load_first || !loaded);
    assign ends = at_slice == LAST_SLICE && at_row == LAST;
    always_ff @(posedge clk) begin
        if (rst) begin
            slice <= '0;
            row <= '0;
            loaded <= 1'b0;
        end else if (write) begin
            slice <= at_slice == LAST_SLICE ? '0 : at_slice + 1'b1;
            if (at_slice == LAST_SLICE) row <= at_row + 1'b1;
            else row <= at_row;
            loaded <= ends;
        end
    end
    // The word behind this memory's last one is the next memory's first.
    always_ff @(posedge clk) begin
        if (rst) passes <= 1'b0;
        else if (write) passes <= 1'b0;
        else if (load_valid) passes <= 1'b1;
        next_valid <= load_valid && !write && !rst;
        next_first <= !passes;
        next_data <= load_data;
    end

    // Reading.
    logic [ADDRESS_BITS-1:0] address;
    if (DEPTH > 1) begin : g_address
        always_ff @(posedge clk) begin
            if (rst) address <= '0;
            else if (advance) address <= address == LAST ? '0 : address + 1'b1;
        end
    end else begin : g_one
        assign address = '0;
    end
    for (genvar index = 0; index < SLICES; index++) begin : g_slice
        localparam int unsigned BITS = index == SLICES - 1 ? WIDTH - 32 * index : 32;
        logic enable;
        assign enable = write && at_slice == SLICE_BITS'(index);
        if (DEPTH == 1) begin : g_register
            logic [BITS-1:0] word;
            wire unused = &{1'b0, advance, address};
            always_ff @(posedge clk) if (enable) word <= load_data[BITS-1:0];
            assign data[32*index+:BITS] = word;
        end else if (STYLE == "block") begin : g_block
            (* ram_style = "block" *) logic [BITS-1:0] words[DEPTH];
            logic [BITS-1:0] word;
            always_ff @(posedge clk) begin
                if (enable) words[at_row] <= load_data[BITS-1:0];
                if (advance) word <= words[address];
            end
            assign data[32*index+:BITS] = word;
        end else begin : g_distributed
            (* ram_style = "distributed" *) logic [BITS-1:0] words[DEPTH];
            logic [BITS-1:0] word;
            always_ff @(posedge clk) begin
                if (enable) words[at_row] <= load_data[BITS-1:0];
                if (advance) word <= words[address];
            end
            assign data[32*index+:BITS] = word;
        end
    end
endmodule
