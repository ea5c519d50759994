// Fork: every word to COPIES streams, in lock step, in the cycle it is taken.
module r2b_fork #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned COPIES = 2
) (
    input  logic [WIDTH-1:0]        x_data,
    output logic [COPIES*WIDTH-1:0] y_data
);
    assign y_data = {COPIES{x_data}};
endmodule
