// A bit LATENCY cycles later; 0 is a wire. It moves every cycle: pipelines flush and never freeze.
module r2b_delay #(
    parameter int unsigned LATENCY = 1
) (
    input  logic clk,
    input  logic rst,
    input  logic in,
    output logic out
);
    if (LATENCY == 0) begin : g_wire
        wire unused = &{1'b0, clk, rst};
        assign out = in;
    end else if (LATENCY == 1) begin : g_register
        logic stage;
        always_ff @(posedge clk) stage <= in && !rst;
        assign out = stage;
    end else begin : g_stages
        logic [LATENCY-1:0] stages;
        always_ff @(posedge clk) begin
            if (rst) stages <= '0;
            else stages <= {stages[LATENCY-2:0], in};
        end
        assign out = stages[LATENCY-1];
    end
endmodule
