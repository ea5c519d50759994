# Made by r2b-hw VERSION (--board pynq-z2).
# Opens the Vitis HLS project of half.block; sourced by csim.tcl, csynth.tcl and export.tcl.
set directory [file normalize [file dirname [info script]]]
# C-simulation here computes with the types that are synthesised, not with machine words.
set flags "-std=c++14 -I$directory -DAP_INT_MAX_W=4096 -DR2B_HARDWARE_ARITHMETIC"
open_project -reset [file join $directory vitis_hls]
set_top half_block
add_files [file join $directory top.cpp] -cflags $flags
add_files -tb [file join $directory testbench.cpp] -cflags $flags
open_solution -reset -flow_target vivado solution
set_part xc7z020clg400-1
create_clock -period 10.000 -name default
