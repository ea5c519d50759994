// Sigmoid table: an entry for every integer of the input's type, looked up by its bits. Latency 2.
module r2b_sigmoid_table #(
    parameter int unsigned BITS = 8,
    parameter int unsigned OUTPUT_BITS = 8,
    parameter int unsigned CHANNELS = 1,
    parameter STYLE = "block",
    parameter TABLE_FILE = ""
) (
    input  logic                            clk,
    input  logic                            rst,
    input  logic [CHANNELS*BITS-1:0]        x_data,
    output logic [CHANNELS*OUTPUT_BITS-1:0] y_data
);
    wire unused = &{1'b0, rst};
    for (genvar pair = 0; pair < CHANNELS; pair += 2) begin : g_pair
        if (pair + 1 < CHANNELS) begin : g_two
            r2b_table #(
                .WIDTH(OUTPUT_BITS),
                .ADDRESS_BITS(BITS),
                .FILE(TABLE_FILE),
                .STYLE(STYLE)
            ) lookup (
                .clk,
                .address_a(x_data[pair*BITS+:BITS]),
                .address_b(x_data[(pair+1)*BITS+:BITS]),
                .data_a(y_data[pair*OUTPUT_BITS+:OUTPUT_BITS]),
                .data_b(y_data[(pair+1)*OUTPUT_BITS+:OUTPUT_BITS])
            );
        end else begin : g_one
            logic [OUTPUT_BITS-1:0] data_b;
            wire unused_b = &{1'b0, data_b};
            r2b_table #(
                .WIDTH(OUTPUT_BITS),
                .ADDRESS_BITS(BITS),
                .FILE(TABLE_FILE),
                .STYLE(STYLE)
            ) lookup (
                .clk,
                .address_a(x_data[pair*BITS+:BITS]),
                .address_b('0),
                .data_a(y_data[pair*OUTPUT_BITS+:OUTPUT_BITS]),
                .data_b
            );
        end
    end
endmodule
