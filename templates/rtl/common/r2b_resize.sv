// The same integer in another width: the sign repeated above, or bits taken away that only repeat it.
module r2b_resize #(
    parameter int unsigned FROM = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned TO = 8
) (
    input  logic [FROM-1:0] in,
    output logic [TO-1:0]   out
);
    if (TO > FROM) begin : g_wider
        assign out = {{TO - FROM{IS_SIGNED && in[FROM-1]}}, in};
    end else if (TO == FROM) begin : g_same
        assign out = in;
    end else begin : g_narrower
        wire unused = &{1'b0, in[FROM-1:TO]};
        assign out = in[TO-1:0];
    end
endmodule
