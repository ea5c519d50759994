// A word CYCLES cycles later; 0 is a wire. It moves every cycle and has no reset.
module r2b_delay_word #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned CYCLES = 1
) (
    input  logic             clk,
    input  logic [WIDTH-1:0] in,
    output logic [WIDTH-1:0] out
);
    if (CYCLES == 0) begin : g_wire
        wire unused = &{1'b0, clk};
        assign out = in;
    end else begin : g_stages
        logic [WIDTH-1:0] stages[CYCLES];
        always_ff @(posedge clk) begin
            stages[0] <= in;
            for (int unsigned stage = 1; stage < CYCLES; stage++) stages[stage] <= stages[stage-1];
        end
        assign out = stages[CYCLES-1];
    end
endmodule
