// Reports every word pushed to a stream, and the most words it held, to the test bench. Simulation only.
module r2b_monitor #(
    parameter int STREAM = 0,
    parameter int unsigned WIDTH = 8
) (
    input logic             clk,
    input logic             rst,
    input logic             push,
    input logic [WIDTH-1:0] data,
    input logic [31:0]      occupancy
);
    import "DPI-C" function void r2b_lane(input int stream, input longint unsigned lane, input bit first);
    import "DPI-C" function void r2b_occupancy(input int stream, input int unsigned words);

    localparam int unsigned LANES = (WIDTH + 63) / 64;
    logic [LANES*64-1:0] padded;
    logic [31:0] most = 0;
    assign padded = (LANES * 64)'(data);
    always_ff @(posedge clk) begin
        if (!rst) begin
            if (push) begin
                for (int lane = 0; lane < LANES; lane++) r2b_lane(STREAM, padded[lane*64+:64], lane == 0);
            end
            if (occupancy > most) begin
                most <= occupancy;
                r2b_occupancy(STREAM, occupancy);
            end
        end
    end
endmodule
