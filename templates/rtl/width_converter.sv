// Width converter: narrow words joined to wide ones, or wide words taken apart, lowest part first. Latency 1.
module r2b_width_converter #(
    parameter int unsigned NARROW = 8,
    parameter int unsigned WIDE = 16,
    parameter bit WIDENS = 1'b1,
    localparam int unsigned INPUT_BITS = WIDENS ? NARROW : WIDE,
    localparam int unsigned OUTPUT_BITS = WIDENS ? WIDE : NARROW
) (
    input  logic                   clk,
    input  logic                   rst,
    input  logic                   main_fire,
    input  logic                   main_loads,
    input  logic [INPUT_BITS-1:0]  x_data,
    output logic [OUTPUT_BITS-1:0] y_data
);
    wire unused = &{1'b0, rst};
    logic [WIDE-1:0] parts;
    if (WIDE == NARROW) begin : g_same
        wire unused_load = &{1'b0, main_loads};
        always_ff @(posedge clk) if (main_fire) parts <= x_data;
    end else if (WIDENS) begin : g_widens
        wire unused_load = &{1'b0, main_loads};
        always_ff @(posedge clk) if (main_fire) parts <= {x_data, parts[WIDE-1:NARROW]};
    end else begin : g_narrows
        always_ff @(posedge clk) if (main_fire) parts <= main_loads ? x_data : parts >> NARROW;
    end
    assign y_data = parts[OUTPUT_BITS-1:0];
endmodule
