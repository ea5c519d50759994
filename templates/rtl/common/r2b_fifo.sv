// A stream: a FIFO of DEPTH words whose timing does not depend on its memory.
//
// The producer reserves a place when it fires (in_reserve, only where in_ready) and delivers the word later (in_valid);
// in_ready counts the words in flight, so a word always finds its place. Where nothing is ever in flight (LATENCY 0)
// in_reserve and in_valid are the same signal. A word delivered at t can be taken from t + 1. out_valid does not wait
// for out_ready, and out_data stays until the word is taken.
//
// MEMORY is register (one word), srl, lutram, bram or uram. A shift register has its newest word first and is read at
// the place of the oldest: it needs no pointers, and takes fewer LUTs than lutram where words are narrow.
module r2b_fifo #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 2,
    parameter int unsigned LATENCY = 1,
    parameter MEMORY = "lutram"
) (
    input  logic             clk,
    input  logic             rst,
    output logic             in_ready,
    input  logic             in_reserve,
    input  logic             in_valid,
    input  logic [WIDTH-1:0] in_data,
    output logic             out_valid,
    input  logic             out_ready,
    output logic [WIDTH-1:0] out_data
);
    localparam int unsigned COUNT_BITS = $clog2(DEPTH + 1);
    localparam bit [COUNT_BITS-1:0] FULL = COUNT_BITS'(DEPTH);

    localparam int unsigned ADDRESS_BITS = DEPTH == 1 ? 1 : $clog2(DEPTH);
    localparam bit SHIFTS = MEMORY == "srl";

    logic pop;
    logic [COUNT_BITS-1:0] occupancy;
    // Words less one: the place of the oldest in a shift register.
    logic [ADDRESS_BITS:0] oldest;
    assign pop = out_valid && out_ready;
    if (SHIFTS) begin : g_oldest
        assign out_valid = !oldest[ADDRESS_BITS];
        assign occupancy = COUNT_BITS'(oldest + 1'b1);
        always_ff @(posedge clk) begin
            if (rst) oldest <= '1;
            else if (in_valid && !pop) oldest <= oldest + 1'b1;
            else if (pop && !in_valid) oldest <= oldest - 1'b1;
        end
    end else begin : g_occupancy
        wire unused = &{1'b0, oldest};
        assign oldest = '0;
        assign out_valid = occupancy != 0;
        always_ff @(posedge clk) begin
            if (rst) occupancy <= '0;
            else if (in_valid && !pop) occupancy <= occupancy + 1'b1;
            else if (pop && !in_valid) occupancy <= occupancy - 1'b1;
        end
    end

    if (LATENCY == 0) begin : g_nothing_in_flight
        wire unused = &{1'b0, in_reserve};
        assign in_ready = occupancy != FULL;
    end else begin : g_in_flight
        logic [COUNT_BITS-1:0] reserved;
        assign in_ready = reserved != FULL;
        always_ff @(posedge clk) begin
            if (rst) reserved <= '0;
            else if (in_reserve && !pop) reserved <= reserved + 1'b1;
            else if (pop && !in_reserve) reserved <= reserved - 1'b1;
        end
    end

    if (DEPTH == 1) begin : g_register
        logic [WIDTH-1:0] word;
        always_ff @(posedge clk) if (in_valid) word <= in_data;
        assign out_data = word;
    end else if (SHIFTS) begin : g_srl
        for (genvar place = 0; place < WIDTH; place++) begin : g_bit
            logic [DEPTH-1:0] words;
            always_ff @(posedge clk) if (in_valid) words <= {words[DEPTH-2:0], in_data[place]};
            assign out_data[place] = words[oldest[ADDRESS_BITS-1:0]];
        end
    end else begin : g_memory
        localparam bit [ADDRESS_BITS-1:0] LAST = ADDRESS_BITS'(DEPTH - 1);
        logic [ADDRESS_BITS-1:0] tail;
        logic [ADDRESS_BITS-1:0] head;
        logic [ADDRESS_BITS-1:0] head_next;
        assign head_next = !pop ? head : head == LAST ? '0 : head + 1'b1;
        // With a value to begin with, the register stays outside the memory in Yosys, which would make it twice.
        initial head = '0;
        always_ff @(posedge clk) begin
            if (rst) begin
                tail <= '0;
                head <= '0;
            end else begin
                if (in_valid) tail <= tail == LAST ? '0 : tail + 1'b1;
                head <= head_next;
            end
        end
        r2b_fifo_memory #(
            .WIDTH(WIDTH),
            .DEPTH(DEPTH),
            .MEMORY(MEMORY)
        ) memory (
            .clk,
            .write(in_valid),
            .write_address(tail),
            .write_data(in_data),
            .read_address(head),
            .next_read_address(head_next),
            .read_data(out_data)
        );
    end

`ifndef SYNTHESIS
    logic             before_valid;
    logic             before_ready;
    logic [WIDTH-1:0] before_data;
    always_ff @(posedge clk) begin
        before_valid <= out_valid && !rst;
        before_ready <= out_ready;
        before_data  <= out_data;
    end
    reserves_where_ready: assert property (@(posedge clk) disable iff (rst) !in_reserve || in_ready);
    has_room: assert property (@(posedge clk) disable iff (rst) !in_valid || occupancy != FULL);
    stays_valid: assert property (@(posedge clk) disable iff (rst) !before_valid || before_ready || out_valid);
    stays_equal: assert property (@(posedge clk) disable iff (rst)
        !before_valid || before_ready || out_data == before_data);
`endif
endmodule
